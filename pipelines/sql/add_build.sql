delete from serving.build
;
insert into serving.build
values (
    $build_id, $partner_id, $environment, $watermark, $latest, cast($cuts as timestamp[]), $definitions
)
