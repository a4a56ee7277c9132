-- Days that were complete in an earlier publication and to which records were added since.
select day, kind, landed_at, records from restated_days order by landed_at desc, day desc, kind
