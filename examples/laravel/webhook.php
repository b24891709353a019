<?php
// Receives the shop's events from Doorbuster. Usage:
//   DOORBUSTER_WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:8090 examples/laravel/webhook.php
// In a Laravel shop this is a controller, with $request->getContent() as the body, on a route without CSRF protection.

require __DIR__ . '/WebhookSignature.php';

$event = WebhookSignature::verify(
    getenv('DOORBUSTER_WEBHOOK_SECRET'),
    $_SERVER['HTTP_WEBHOOK_ID'] ?? '',
    $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '',
    $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '',
    file_get_contents('php://input'),
);
if ($event === null) {
    http_response_code(401);
    exit;
}

// An event can come more than once, always under the same id. A shop keeps the ids in a table with a unique index and
// inserts the id in the transaction of what it does, such as writing the invoice.
file_put_contents('php://stderr', "{$_SERVER['HTTP_WEBHOOK_ID']}: {$event['type']}, order {$event['data']['order_id']}\n");
http_response_code(204);
