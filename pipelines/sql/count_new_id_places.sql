select count(*) from facts.new_id_places
