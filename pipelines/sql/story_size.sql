select (select count(*) from story) + (select count(*) from story_ids)
