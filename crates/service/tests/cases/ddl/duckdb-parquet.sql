-- A view can be made once its event type has an object: DuckDB looks at the objects when it makes one.
INSTALL httpfs;
LOAD httpfs;
CREATE SECRET IF NOT EXISTS bucketline (TYPE s3, PROVIDER credential_chain);

-- shop.Order, schema 3
CREATE OR REPLACE VIEW "analytics"."shop_order_3" AS
SELECT "id", "time", "price", "lines", "order", "paid", regexp_extract(filename, '/date=([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2})/', 1) AS "date", filename
FROM read_parquet('s3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/date=*/3/*/*.parquet', filename = true, hive_partitioning = false);

-- shop.Order, schema 12
CREATE OR REPLACE VIEW "analytics"."shop_order_12" AS
SELECT "id", "coupon", "time", "price", "lines", "order", "paid", regexp_extract(filename, '/date=([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2})/', 1) AS "date", filename
FROM read_parquet('s3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/date=*/12/*/*.parquet', filename = true, hive_partitioning = false);

-- Leave out what has no objects.
CREATE OR REPLACE VIEW "analytics"."shop_order" AS
SELECT * FROM "analytics"."shop_order_3"
UNION ALL BY NAME
SELECT * FROM "analytics"."shop_order_12";

-- shop.Visit, schema 4
CREATE OR REPLACE VIEW "analytics"."shop_visit" AS
SELECT "id", "date", regexp_extract(filename, '/date=([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2})/', 1) AS "accepted_hour", filename
FROM read_parquet('s3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Visit/date=*/*/*/*.parquet', filename = true, hive_partitioning = false);

