-- The days of UTC of which any record of any kind was landed.
select distinct day from landed_days where day >= $start and day < $end
