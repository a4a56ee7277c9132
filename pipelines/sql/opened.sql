select build_id, partner_id, environment, watermark, latest, definitions from build
