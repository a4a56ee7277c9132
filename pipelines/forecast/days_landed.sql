-- The days of UTC of which any record of any kind was landed.
select distinct day from landed_days where day >= cast($start as date) and day < $end
