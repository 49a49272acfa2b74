-- A view can be made once its event type has an object: DuckDB looks at the objects when it makes one.
INSTALL httpfs;
LOAD httpfs;
CREATE SECRET IF NOT EXISTS bucketline (TYPE s3, PROVIDER credential_chain);

-- shop.Order, schema 12
CREATE OR REPLACE VIEW "analytics"."shop_order" AS
SELECT "id", "coupon", "time", "price", "lines", "order", "paid", regexp_extract(filename, '/date=([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2})/', 1) AS "date", filename
FROM read_json('s3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/date=*/*/*/*.ndjson', format = 'newline_delimited', columns = {'id': 'VARCHAR', 'coupon': 'VARCHAR', 'time': 'BIGINT', 'price': 'FLOAT', 'lines': 'STRUCT("sku" VARCHAR, "count" INTEGER)[]', 'order': 'DOUBLE', 'paid': 'BOOLEAN'}, filename = true, hive_partitioning = false);

-- shop.Visit, schema 4
CREATE OR REPLACE VIEW "analytics"."shop_visit" AS
SELECT "id", "date", regexp_extract(filename, '/date=([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2})/', 1) AS "accepted_hour", filename
FROM read_json('s3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Visit/date=*/*/*/*.ndjson', format = 'newline_delimited', columns = {'id': 'VARCHAR', 'date': 'INTEGER'}, filename = true, hive_partitioning = false);

