delete from facts.new_id_places
