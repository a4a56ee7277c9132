delete from facts.touched
