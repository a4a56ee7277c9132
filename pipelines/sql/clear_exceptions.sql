delete from facts.exceptions
