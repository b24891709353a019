<?php
// A buyer's way through the shop, step by step as WordPress and WooCommerce would call the plugin. Each step prints a line.

error_reporting(E_ALL);
require __DIR__ . '/stub.php';
require __DIR__ . '/../../../examples/woocommerce/doorbuster.php';

$lamp = new WC_Product(55, ['doorbuster_product' => '1']);
new WC_Product(56, []);
add_action('woocommerce_single_product_summary', 'woocommerce_template_single_add_to_cart', 30);
function woocommerce_template_single_add_to_cart(): void { echo "WooCommerce's own button\n"; }

function hold(int $qty): array
{
    return doorbuster_call('POST', '/api/holds', ['product_id' => 1, 'qty' => $qty])[1];
}
function sendHold(array $hold, int $for = 55): void
{
    $_POST = ['doorbuster_hold' => (string) $hold['hold_id'], 'doorbuster_token' => $hold['token'], 'doorbuster_for' => (string) $for];
    try {
        do_action('template_redirect');
        echo "stays: " . array_pop($GLOBALS['notices']) . "\n";
    } catch (Redirected $redirected) {
        echo "leads to {$redirected->getMessage()}\n";
    }
}
/** What WooCommerce does at checkout, up to the payment. */
function checkOut(int $orderId): WC_Order
{
    do_action('woocommerce_check_cart_items');
    $lines = [];
    foreach (WC()->cart->get_cart() as $key => $item) {
        $line = new WC_Order_Item($item['quantity']);
        do_action('woocommerce_checkout_create_order_line_item', $line, $key, $item, null);
        $lines[] = $line;
    }
    $order = new WC_Order($orderId, $lines);
    try {
        do_action('woocommerce_checkout_order_processed', $orderId, [], $order);
        echo "order $orderId is ready to be paid\n";
    } catch (Exception $refusal) {
        echo "order $orderId is refused: {$refusal->getMessage()}\n";
    }

    return $order;
}
function emptyCart(): void
{
    foreach (array_keys(WC()->cart->get_cart()) as $key) {
        WC()->cart->remove_cart_item($key);
    }
}

$product = $lamp;
ob_start();
do_action('woocommerce_single_product_summary');
$page = ob_get_clean();
echo preg_match('{<doorbuster-buy product="1">}', $page) && !str_contains($page, 'own button') ? "the page has one button\n" : $page;
echo apply_filters('woocommerce_add_to_cart_validation', true, 55, 1) ? "BAD\n" : "nothing else puts it into the cart\n";
echo apply_filters('woocommerce_add_to_cart_validation', true, 56, 1) ? "other goods are as before\n" : "BAD\n";

$hold = hold(2);
sendHold(['token' => hold(1)['token']] + $hold);
sendHold($hold, 56);
sendHold($hold);
sendHold($hold);
[$item] = array_values(WC()->cart->get_cart());
echo count(WC()->cart->get_cart()) . " line of {$item['quantity']}, to change: "
    . var_export(apply_filters('woocommerce_update_cart_validation', true, 'key', $item, 3), true) . "\n";
checkOut(901);
// After a declined card WooCommerce writes the lines of the same order anew.
$order = checkOut(901);
do_action('woocommerce_payment_complete', 901);
do_action('woocommerce_payment_complete', 901);
echo implode("\n", $order->notes) . "\n";

emptyCart();
sendHold(hold(1));
$cancelled = checkOut(902);
do_action('woocommerce_order_status_cancelled', 902);
do_action('woocommerce_payment_complete', 902);
echo "$cancelled->status: " . implode("\n", $cancelled->notes) . "\n";

emptyCart();
$released = hold(1);
sendHold($released);
doorbuster_call('DELETE', "/api/holds/{$released['hold_id']}", null, ['Authorization' => "Bearer {$released['token']}"]);
checkOut(903);
