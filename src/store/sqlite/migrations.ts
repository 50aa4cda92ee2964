/**
 * Number `n` brings a file from version n to n + 1, its `PRAGMA user_version`. What is released is never
 * changed again; test/vectors/registry/ has a file of every version.
 *
 * `seen` is no WITHOUT ROWID table: its rows are longer than a quarter of a page, of which such a table puts
 * the rest on a page of its own. That made the file 3.4 times as long and every write two pages instead of one.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE device (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE state (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE pending (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE seen (
    imei TEXT NOT NULL,
    slot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    prints BLOB NOT NULL,
    PRIMARY KEY (imei, slot)
  ) STRICT;
  CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    imei TEXT NOT NULL,
    time INTEGER NOT NULL,
    change TEXT NOT NULL,
    "by" TEXT NOT NULL
  ) STRICT;
  CREATE INDEX history_of_device ON history (imei, id);
  `,
  `
  CREATE TABLE command (id TEXT NOT NULL PRIMARY KEY, imei TEXT NOT NULL, data TEXT NOT NULL) STRICT;
  CREATE INDEX command_of_device ON command (imei);
  CREATE TABLE sending (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE uplink (
    id INTEGER PRIMARY KEY,
    client TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE uplink RENAME TO inbox;
  ALTER TABLE history RENAME TO journal;
  DROP INDEX history_of_device;
  CREATE INDEX journal_of_device ON journal (imei, id);
  UPDATE device SET data = json_remove(json_set(data, '$.deviceConfig', json_extract(data, '$.profile')), '$.profile')
    WHERE json_valid(data);
  `,
  // Last events have a type. Function and code were 0 where there were none, which is so of those that have a text.
  `
  UPDATE state SET data = json_set(data, '$.events', (
    SELECT json_group_array(json_patch('{}', json_object(
      'type', type,
      'source', 'device',
      'severity', CASE
        WHEN type = 'powerLost' THEN 'critical'
        WHEN type IN ('simChanged', 'voltageLow') THEN 'warning'
        ELSE 'info'
      END,
      'cause', CASE type
        WHEN 'wake' THEN json_extract(
          '["motion","input2","input3","input4","input5","clock","call","can","powerCut","oneWire"]',
          '$[' || (code - 1) || ']')
        WHEN 'recordWritten' THEN json_extract(
          '["inputs","time","external","course","speed","distance","keypad","live","driverId","driverId",
          "drivingQuality","mobileye","driverIdPresent","tachograph","cip","wiegand","driver1Activity",
          "driver2Activity","reserved","roadService"]',
          '$[' || code || ']')
      END,
      'output', CASE type WHEN 'outputChanged' THEN called - 220 END,
      'state', CASE WHEN type = 'outputChanged' THEN CASE code WHEN 0 THEN 'off' WHEN 1 THEN 'on' END END,
      'seconds', CASE WHEN type = 'clockCorrected' THEN CASE WHEN called < 250 THEN code ELSE -code END END,
      'text', CASE type WHEN 'other' THEN text END,
      'raw', json_object('function', called, 'code', code, 'text', text),
      'time', time
    )) ORDER BY place)
    FROM (
      SELECT *, CASE
        WHEN called = 0 AND code IN (1, 5) THEN 'powerConnected'
        WHEN called = 0 AND code = 240 THEN 'powerLost'
        WHEN called = 100 AND code = 45 THEN 'simChanged'
        WHEN called = 100 AND code = 58 THEN 'commandReceived'
        WHEN called = 102 AND code = 50 THEN 'voltageLow'
        WHEN called = 109 AND code = 0 THEN 'sleep'
        WHEN called = 109 AND code BETWEEN 1 AND 10 THEN 'wake'
        WHEN called = 111 AND code BETWEEN 0 AND 19 THEN 'recordWritten'
        WHEN called = 114 AND code = 0 THEN 'orientationLost'
        WHEN called = 114 AND code = 1 THEN 'orientationFound'
        WHEN called = 163 AND code BETWEEN 0 AND 4 THEN 'firmware'
        WHEN called BETWEEN 221 AND 224 THEN 'outputChanged'
        WHEN called IN (240, 241, 250, 251) THEN 'clockCorrected'
        ELSE 'other'
      END AS type
      FROM (
        SELECT place, time, text,
          CASE WHEN called <> 0 OR code <> 0 OR text IS NULL THEN called END AS called,
          CASE WHEN called <> 0 OR code <> 0 OR text IS NULL THEN code END AS code
        FROM (
          SELECT key AS place, value ->> '$.time' AS time, nullif(value ->> '$.text', '') AS text,
            value ->> '$.function' AS called, value ->> '$.code' AS code
          FROM json_each(data, '$.events') WHERE type = 'object'
        )
      )
    )
  ))
  WHERE json_valid(data) AND json_type(data, '$.events') = 'array';
  `,
  // Values whose name meant something else by the sensor table of before; the next record brings what is right. And what
  // is secret or personal, which no state keeps any more.
  `
  UPDATE state SET data = (
    SELECT json_set(data,
      '$.keys', json_group_array(key ORDER BY place),
      '$.values', json_group_array(json(value) ORDER BY place),
      '$.times', json_group_array(time ORDER BY place))
    FROM (
      SELECT key AS place, value AS key, json_extract(data, '$.times[' || key || ']') AS time,
        data -> ('$.values[' || key || ']') AS value
      FROM json_each(data, '$.keys')
    )
    WHERE key NOT IN ('input6', 'input7', 'jamming', 'vehicleSpeed', 'throttle', 'coolantTemperature', 'axleWeight',
      'deviceTemperature', 'odometer', '0xC009', '0xC00A', '0xC00F', '0xC010', '0xC011', '0xC013', '0xC014')
  )
  WHERE json_valid(data) AND json_type(data, '$.keys') = 'array' AND json_type(data, '$.values') = 'array'
    AND json_type(data, '$.times') = 'array';
  `,
  `
  CREATE TABLE fence (id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  `,
  // One time for all attributes of a state that are of one reading, which most are.
  `
  UPDATE state SET data = json_set(data, '$.times', json_extract(data, '$.times[0]'))
  WHERE json_valid(data) AND json_type(data, '$.times') = 'array'
    AND (SELECT count(DISTINCT value) = 1 AND min(type) IN ('integer', 'real') AND min(type) = max(type)
      FROM json_each(data, '$.times'));
  `,
  `
  CREATE TABLE share (id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  `,
  // What is known of trips.
  `
  CREATE TABLE trips (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE alarm (id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  `,
  // History tells what came before. What came before there was one is known for as long as history goes back, 90 days.
  `
  CREATE TABLE seen_before (imei TEXT NOT NULL, until INTEGER NOT NULL, prints BLOB NOT NULL) STRICT;
  INSERT INTO seen_before SELECT imei, (unixepoch() + 90 * 86400) * 1000, prints FROM seen;
  CREATE INDEX seen_before_of_device ON seen_before (imei);
  DROP TABLE seen;
  `,
];

/** Tables that a file has after all migrations. */
export const TABLES: readonly string[] = [
  "device",
  "state",
  "pending",
  "seen_before",
  "journal",
  "command",
  "sending",
  "inbox",
  "fence",
  "share",
  "trips",
  "alarm",
];

/** "TRKR": a file's `PRAGMA application_id`, by which it is known as one of ours. */
export const APPLICATION_ID = 0x54524b52;
