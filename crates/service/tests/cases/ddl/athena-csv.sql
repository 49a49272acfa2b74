-- shop.Order, schema 3
CREATE EXTERNAL TABLE IF NOT EXISTS `analytics`.`shop_order_3` (
  `id` string COMMENT 'The order\'s own id.',
  `time` string,
  `price` string,
  `lines` string,
  `order` string,
  `paid` string
)
PARTITIONED BY (`date` string, `schema_id` string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
STORED AS TEXTFILE
LOCATION 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.date.type' = 'date',
  'projection.date.format' = 'yyyy-MM-dd-HH',
  'projection.date.interval' = '1',
  'projection.date.interval.unit' = 'HOURS',
  'projection.date.range' = 'NOW-3YEARS,NOW',
  'projection.schema_id.type' = 'enum',
  'projection.schema_id.values' = '3',
  'skip.header.line.count' = '1',
  'storage.location.template' = 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/date=${date}/${schema_id}/'
);

-- shop.Order, schema 12
CREATE EXTERNAL TABLE IF NOT EXISTS `analytics`.`shop_order_12` (
  `id` string COMMENT 'The order\'s own id.',
  `coupon` string,
  `time` string,
  `price` string,
  `lines` string,
  `order` string,
  `paid` string
)
PARTITIONED BY (`date` string, `schema_id` string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
STORED AS TEXTFILE
LOCATION 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.date.type' = 'date',
  'projection.date.format' = 'yyyy-MM-dd-HH',
  'projection.date.interval' = '1',
  'projection.date.interval.unit' = 'HOURS',
  'projection.date.range' = 'NOW-3YEARS,NOW',
  'projection.schema_id.type' = 'enum',
  'projection.schema_id.values' = '12',
  'skip.header.line.count' = '1',
  'storage.location.template' = 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Order/date=${date}/${schema_id}/'
);

-- shop.Visit, schema 4
CREATE EXTERNAL TABLE IF NOT EXISTS `analytics`.`shop_visit` (
  `id` string,
  `date` string
)
PARTITIONED BY (`accepted_hour` string, `schema_id` string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
STORED AS TEXTFILE
LOCATION 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Visit/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accepted_hour.type' = 'date',
  'projection.accepted_hour.format' = 'yyyy-MM-dd-HH',
  'projection.accepted_hour.interval' = '1',
  'projection.accepted_hour.interval.unit' = 'HOURS',
  'projection.accepted_hour.range' = 'NOW-3YEARS,NOW',
  'projection.schema_id.type' = 'enum',
  'projection.schema_id.values' = '4',
  'skip.header.line.count' = '1',
  'storage.location.template' = 's3://acme-events/currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/event_type=shop.Visit/date=${accepted_hour}/${schema_id}/'
);

