-- The storage integration is made once, by an account administrator, with a role of the bucket's account that may list and get.
CREATE STAGE IF NOT EXISTS "ANALYTICS"."BUCKETLINE_STAGE"
  URL = 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/'
  STORAGE_INTEGRATION = "BUCKETLINE";

-- shop.Order, schema 12
CREATE EXTERNAL TABLE IF NOT EXISTS "ANALYTICS"."SHOP_ORDER" (
  "DATE" VARCHAR AS (SPLIT_PART(SPLIT_PART(METADATA$FILENAME, '/date=', 2), '/', 1)),
  "ID" VARCHAR AS (VALUE:"id"::VARCHAR),
  "COUPON" VARCHAR AS (VALUE:"coupon"::VARCHAR),
  "TIME" NUMBER(19,0) AS (VALUE:"time"::NUMBER(19,0)),
  "PRICE" FLOAT AS (VALUE:"price"::FLOAT),
  "LINES" ARRAY AS (VALUE:"lines"::ARRAY),
  "ORDER" FLOAT AS (VALUE:"order"::FLOAT),
  "PAID" BOOLEAN AS (VALUE:"paid"::BOOLEAN)
)
  PARTITION BY ("DATE")
  LOCATION = @"ANALYTICS"."BUCKETLINE_STAGE"/event_type=shop.Order/
  PATTERN = '.*[.]parquet'
  FILE_FORMAT = (TYPE = PARQUET)
  AUTO_REFRESH = FALSE;

-- shop.Visit, schema 4
CREATE EXTERNAL TABLE IF NOT EXISTS "ANALYTICS"."SHOP_VISIT" (
  "ACCEPTED_HOUR" VARCHAR AS (SPLIT_PART(SPLIT_PART(METADATA$FILENAME, '/date=', 2), '/', 1)),
  "ID" VARCHAR AS (VALUE:"id"::VARCHAR),
  "DATE" NUMBER(10,0) AS (VALUE:"date"::NUMBER(10,0))
)
  PARTITION BY ("ACCEPTED_HOUR")
  LOCATION = @"ANALYTICS"."BUCKETLINE_STAGE"/event_type=shop.Visit/
  PATTERN = '.*[.]parquet'
  FILE_FORMAT = (TYPE = PARQUET)
  AUTO_REFRESH = FALSE;

