<?php
// Sells a basket of two sizes: hold, order, payment. Usage: php examples/laravel/basket.php
// It first offers the shoe, which a shop does once, from its back office.

require __DIR__ . '/Doorbuster.php';

$doorbuster = new Doorbuster(getenv('DOORBUSTER_URL') ?: 'http://127.0.0.1:8000');

try {
    $shoe = $doorbuster->post('/api/admin/products', [
        'name' => 'Runner',
        'price_minor' => 12900,
        'currency' => 'EUR',
        'max_per_customer' => 2,
        'variants' => [
            ['name' => '41', 'sku' => 'R-41', 'options' => ['size' => '41'], 'stock' => 1],
            ['name' => '42', 'sku' => 'R-42', 'options' => ['size' => '42'], 'stock' => 5, 'price_minor' => 13900],
        ],
    ]);
    [$small, $large] = $shoe['variants'];

    // One hold with one countdown: both sizes, or none.
    $basket = [
        ['variant_id' => $small['id'], 'qty' => 1],
        ['variant_id' => $large['id'], 'qty' => 1],
    ];
    $hold = $doorbuster->holdLines($shoe['id'], $basket, 'customer-7');
    $names = array_column($shoe['variants'], 'name', 'id');
    $sizes = array_map(fn ($line) => "{$line['qty']} of size {$names[$line['variant_id']]}", $hold['lines']);
    echo "Held {$hold['qty']} units: " . implode(', ', $sizes) . "\n";

    $order = $doorbuster->order($hold);
    echo "Order {$order['order_id']} costs {$order['total_price']} {$order['currency']}\n";

    // The simulator of open mode stands for the shop's payment provider.
    $payment = $doorbuster->post('/simulator/payments', [
        'order_id' => $order['order_id'],
        'amount_minor' => $order['total_minor'],
        'currency' => $order['currency'],
    ]);
    $doorbuster->post("/simulator/payments/{$payment['payment_id']}/succeed", []);

    for ($i = 0; $i < 20 && $order['status'] === 'pending_payment'; $i++) {
        usleep(250_000);
        $order = $doorbuster->show($order, $hold);
    }
    echo "Order {$order['order_id']} is {$order['status']}\n";

    // The limit of two pairs counts all sizes together.
    try {
        $doorbuster->holdLines($shoe['id'], [['variant_id' => $large['id'], 'qty' => 1]], 'customer-7');
    } catch (DoorbusterRefused $refused) {
        echo "A third pair is refused ({$refused->problem})\n";
    }

    // The last 41 is sold, so another customer gets neither size. The refusal names each line that lacks units.
    try {
        $doorbuster->holdLines($shoe['id'], $basket, 'customer-8');
    } catch (DoorbusterRefused $refused) {
        foreach ($refused->document['lines'] ?? [] as $line) {
            $missing = "{$line['requested']} of size {$names[$line['variant_id']]} asked for, {$line['available']} available";
            echo "The same basket is refused ({$refused->problem}): $missing\n";
        }
    }
    exit($order['status'] === 'paid' ? 0 : 1);
} catch (DoorbusterRefused $refused) {
    fwrite(STDERR, "Refused ({$refused->problem}): {$refused->getMessage()}\n");
    exit(1);
}
