<?php
// The shop's payment page, with no payment provider behind it: the button "pays". Usage:
//   PAYMENT_WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:8091 examples/laravel/pay.php
// and in Doorbuster's environment the same secret and
//   PAYMENT_URL='http://127.0.0.1:8091/?order={order_id}&amount={amount_minor}&currency={currency}&expires={expires}&back={return_url}&cancel={cancel_url}&signature={signature}'

require __DIR__ . '/PaymentLink.php';

$secret = getenv('PAYMENT_WEBHOOK_SECRET');
$link = PaymentLink::verify($secret, $_SERVER['QUERY_STRING'] ?? '');
if ($link === null || (int) $link['expires'] < time()) {
    http_response_code($link === null ? 403 : 410);
    exit($link === null ? 'This link is not valid.' : 'The time to pay is over.');
}

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    // A shop takes the money here, once for each order, and reports it when its provider has it.
    report($secret, $link);
    header("Location: {$link['back']}", true, 303);
    exit;
}

$shown = array_map('htmlspecialchars', $link);
echo <<<HTML
    <!doctype html>
    <html lang="en"><meta name="viewport" content="width=device-width"><title>Pay</title>
    <h1>Order {$shown['order']}</h1>
    <form method="post"><button>Pay {$shown['amount']} {$shown['currency']} (in minor units)</button></form>
    <a href="{$shown['cancel']}">Back without paying</a>
    HTML;

/** Reports a payment to Doorbuster (Standard Webhooks). The key is the payment's, so that a repeated report counts once. */
function report(string $secret, array $link): void
{
    $url = getenv('DOORBUSTER_URL') ?: 'http://127.0.0.1:8000';
    $id = "pay-{$link['order']}";
    $body = json_encode([
        'idempotency_key' => $id,
        'order_id' => (int) $link['order'],
        'status' => 'success',
        'amount_minor' => (int) $link['amount'],
        'currency' => $link['currency'],
        'payment_id' => $id,
    ]);
    $timestamp = time();
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $signature = base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    $headers = [
        'Content-Type: application/json',
        "Webhook-Id: $id",
        "Webhook-Timestamp: $timestamp",
        "Webhook-Signature: v1,$signature",
    ];
    $context = stream_context_create([
        'http' => ['method' => 'POST', 'header' => $headers, 'content' => $body, 'timeout' => 10],
    ]);
    if (file_get_contents("$url/api/payments/webhook", false, $context) === false) {
        throw new RuntimeException('Doorbuster did not take the payment: report it again');
    }
}
