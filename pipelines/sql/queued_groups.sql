select distinct model from facts. {queue}
