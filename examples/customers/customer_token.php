<?php

/** Says who a customer is, until $endsAt in unix seconds. $secret is one of CUSTOMER_SECRETS. */
function customer_token(string $secret, string $customer, int $endsAt, array $groups = []): string
{
    $base64url = fn (string $bytes) => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    $text = "dbc1.{$base64url($customer)}.{$endsAt}.{$base64url(implode(',', $groups))}";

    return "{$text}.{$base64url(hash_hmac('sha256', $text, $secret, true))}";
}
