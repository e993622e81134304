-- Take the mark off an address or number.
delete from bad_addresses
where practice_id = $practice_id and channel = $channel and address = $address
