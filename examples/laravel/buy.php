<?php
// Sells one unit: hold, order, payment. Usage: php examples/laravel/buy.php [product id]

require __DIR__ . '/Doorbuster.php';

$doorbuster = new Doorbuster(getenv('DOORBUSTER_URL') ?: 'http://127.0.0.1:8000');
$productId = (int) ($argv[1] ?? 1);

try {
    $hold = $doorbuster->hold($productId, 1, 'customer-7');
    echo "Held {$hold['qty']} unit of product $productId until {$hold['expires_at']}\n";

    $order = $doorbuster->order($hold);
    echo "Order {$order['order_id']} costs {$order['total_price']} {$order['currency']}\n";

    // Here the shop sends the buyer to its payment provider. The simulator of open mode stands for it.
    $payment = $doorbuster->post('/simulator/payments', [
        'order_id' => $order['order_id'],
        'amount_minor' => $order['total_minor'],
        'currency' => $order['currency'],
    ]);
    $doorbuster->post("/simulator/payments/{$payment['payment_id']}/succeed", []);

    // A shop need not ask again and again: the event order.paid tells it (webhook.php).
    for ($i = 0; $i < 20 && $order['status'] === 'pending_payment'; $i++) {
        usleep(250_000);
        $order = $doorbuster->show($order, $hold);
    }
    echo "Order {$order['order_id']} is {$order['status']}\n";
    exit($order['status'] === 'paid' ? 0 : 1);
} catch (DoorbusterRefused $refused) {
    fwrite(STDERR, "Refused ({$refused->problem}): {$refused->getMessage()}\n");
    exit(1);
}
