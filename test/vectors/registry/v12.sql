-- A file of version 12 with test/store/samples.ts in it. Never changed: files like it are out there.
PRAGMA application_id = 1414679378;
PRAGMA user_version = 12;
BEGIN TRANSACTION;
CREATE TABLE device (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO device VALUES('350000000000014','{"imei":"350000000000014","state":"active","name":"Transporter 1 \"Süd\" 🚚\n\u0000","vehicle":{"plate":"B 1234 CD","vin":"WVWZZZ1JZXW000001"},"group":"Nord","tags":["winter","o''brien"],"notes":"","driver":"Ivanova","login":"scrypt$1$2","registeredAt":1795262400000,"changedAt":1795262400001,"deviceConfig":"a1b2c3"}');
CREATE TABLE state (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO state VALUES('350000000000014','{"firstSeen":1795262400000,"lastSeen":1795262400005,"heard":true,"online":false,"time":1795262399000,"position":{"valid":true,"latitude":43.204666,"longitude":-27.910543,"altitude":0,"speed":45.5,"course":359,"hdop":0.9,"satellites":11,"time":1795262398000},"keys":["ignition","odometer","driver","fuelLevel"],"values":[false,0,"",null],"times":[1795262400000,1795262399999,1795262399998,1795262399997],"events":[{"type":"other","source":"device","severity":"info","text":"FT2P","raw":{"function":0,"code":4,"text":"FT2P"},"time":1795262400000}],"counters":{"records":5,"late":1,"duplicates":2,"future":3}}');
CREATE TABLE pending (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO pending VALUES('350000000000022','{"imei":"350000000000022","firstSeen":1795262400000,"lastSeen":1795262400001,"count":7,"topic":"trackers/data","protocol":"iotm","position":{"latitude":53.55,"longitude":9.99,"time":1795262400000},"ignored":true}');
CREATE TABLE seen_before (imei TEXT NOT NULL, until INTEGER NOT NULL, prints BLOB NOT NULL) STRICT;
INSERT INTO seen_before VALUES('350000000000014',1803038400000,X'0000000000000000000000000000f03ffeffffffffff2f43');
CREATE TABLE "journal" (
    id INTEGER PRIMARY KEY,
    imei TEXT NOT NULL,
    time INTEGER NOT NULL,
    change TEXT NOT NULL,
    "by" TEXT NOT NULL
  ) STRICT;
INSERT INTO journal VALUES(1,'350000000000014',1795262400000,'registered','admin');
INSERT INTO journal VALUES(2,'350000000000014',1795262400000,'online','');
CREATE TABLE command (id TEXT NOT NULL PRIMARY KEY, imei TEXT NOT NULL, data TEXT NOT NULL) STRICT;
INSERT INTO command VALUES('c1','350000000000014','{"id":"c1","imei":"350000000000014","output":1,"state":"on","mode":"timed","duration":0.5,"delivery":"now","expires":1795262460000,"override":false,"by":"Süd\u0000","origin":"n1","confirmWithin":30000,"retries":0,"maxPerMinute":6,"createdAt":1795262400000,"status":"sent","sendings":[{"uniqueId":255,"time":1795262400001}],"history":[{"time":1795262400000,"status":"accepted","code":"ACCEPTED","reason":"it was accepted"},{"time":1795262400001,"status":"sent","code":"SENT","reason":"it was sent"}]}');
CREATE TABLE sending (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO sending VALUES('350000000000014','{"uniqueId":255,"times":[1795262400000,1795262400001]}');
CREATE TABLE "inbox" (
    id INTEGER PRIMARY KEY,
    client TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_at INTEGER NOT NULL
  ) STRICT;
INSERT INTO inbox VALUES(7,'350000000000014','BCE/Süd',X'00ff',1795262400000);
CREATE TABLE fence (id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO fence VALUES('f1','{"id":"f1","name":"Yard f1 \"Süd\" 🚧\u0000","kind":"circle","center":{"latitude":54.6872,"longitude":25.2797},"radius":150.5,"colour":"#c26a00","groups":["Nord"],"devices":["350000000000014"],"speedLimit":20,"dwell":30,"maxStay":null,"innerEdge":0,"outerEdge":25,"schedule":{"days":[1,5],"from":"22:00","to":"06:00","timeZone":"Europe/Vilnius"},"createdAt":1795262400000,"changedAt":1795262400001}');
CREATE TABLE share (id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO share VALUES('s1','{"id":"s1","name":"Customer s1 \"Süd\"","imeis":["350000000000014"],"groups":["Nord"],"begins":1795262400000,"ends":1795266000000,"digest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","createdAt":1795262399999,"by":"admin"}');
CREATE TABLE trips (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO trips VALUES('350000000000014','{"n1":{"told":{"trip":[{"id":"trip-20261121T110000Z","name":"trip","start":1795258800000,"end":1795260600000,"revision":2,"print":12345}]},"boundaries":[{"sample":{"time":1795262400000,"latitude":53.55,"longitude":9.99,"speed":0},"known":{"time":1795262400000,"latitude":53.55,"longitude":9.99,"speed":0,"ignition":false},"stand":{"place":{"x":1,"y":2,"z":3},"start":1795260600000,"position":{"latitude":53.55,"longitude":9.99},"fix":{"time":1795262400000,"place":{"x":1,"y":2,"z":3},"latitude":53.55,"longitude":9.99,"speed":0,"quiet":true}},"pace":0}],"wrongTimes":[[4503599627370495,null],[7,1795262400000]]}}');
CREATE TABLE alarm (id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO alarm VALUES('350000000000014 n1','{"imei":"350000000000014","node":"n1","time":1795262400000,"values":{"ignition":[false,1795262400000]},"position":{"latitude":54.6872,"longitude":25.2797},"track":{"last":{"time":1795262400000,"latitude":54.6872,"longitude":25.2797},"stays":[]},"rules":{"r1":{"since":1795262400000,"off":null,"last":null,"isMuted":false,"past":[1],"fences":["f1"],"anchor":null}},"alarms":{"r1":{"id":"350000000000014-n1-r1-1","revision":2,"imei":"350000000000014","node":"n1","rule":"r1","name":"Yard \"Süd\" 🚧\u0000","alarm":"fenceEntered","level":"warning","state":"active","begin":1795262400000,"end":null,"repeats":0,"acknowledged":{"time":1795262400001,"by":"admin","note":""},"clearedBy":null,"toldAt":1795262400000,"escalatedAt":null,"past":false,"position":{"latitude":54.6872,"longitude":25.2797},"details":{"fence":"Yard","open":false,"value":0}}},"untold":[]}');
CREATE INDEX command_of_device ON command (imei);
CREATE INDEX seen_before_of_device ON seen_before (imei);
CREATE INDEX journal_of_device ON journal (imei, id);
COMMIT;
PRAGMA journal_mode = WAL;
