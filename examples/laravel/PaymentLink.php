<?php
// Verifies the address by which Doorbuster leads a buyer to the shop's payment page. In a Laravel shop:
// app/Services/PaymentLink.php, with $request->server('QUERY_STRING').

final class PaymentLink
{
    /** Returns the parameters of the query, or null where the signature is not valid. $query: as it was received. */
    public static function verify(string $secret, string $query): ?array
    {
        $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
        if ($key === false || $key === '') {
            throw new InvalidArgumentException('The webhook secret is whsec_ and a key in base64');
        }
        [$signed, $signature] = array_pad(explode('&signature=', $query, 2), 2, '');
        if (!hash_equals(hash_hmac('sha256', $signed, $key), $signature)) {
            return null;
        }
        parse_str($signed, $parameters);

        return $parameters;
    }
}
