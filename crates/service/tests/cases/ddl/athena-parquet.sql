-- shop.Order, schema 12
CREATE EXTERNAL TABLE IF NOT EXISTS `analytics`.`shop_order` (
  `id` string COMMENT 'The order\'s own id.',
  `coupon` string,
  `time` bigint,
  `price` float,
  `lines` array<struct<sku:string,count:int>>,
  `order` double,
  `paid` boolean
)
PARTITIONED BY (`date` string)
STORED AS PARQUET
LOCATION 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.date.type' = 'date',
  'projection.date.format' = 'yyyy-MM-dd-HH',
  'projection.date.interval' = '1',
  'projection.date.interval.unit' = 'HOURS',
  'projection.date.range' = 'NOW-3YEARS,NOW',
  'storage.location.template' = 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/date=${date}/'
);

-- shop.Visit, schema 4
CREATE EXTERNAL TABLE IF NOT EXISTS `analytics`.`shop_visit` (
  `id` string,
  `date` int
)
PARTITIONED BY (`accepted_hour` string)
STORED AS PARQUET
LOCATION 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Visit/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accepted_hour.type' = 'date',
  'projection.accepted_hour.format' = 'yyyy-MM-dd-HH',
  'projection.accepted_hour.interval' = '1',
  'projection.accepted_hour.interval.unit' = 'HOURS',
  'projection.accepted_hour.range' = 'NOW-3YEARS,NOW',
  'storage.location.template' = 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Visit/date=${accepted_hour}/'
);

