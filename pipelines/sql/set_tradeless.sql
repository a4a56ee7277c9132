set variable tradeless_order_statuses = $statuses
