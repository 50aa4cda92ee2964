/** Nodes of the tab `tab` from mqtt in over the BCE decoder and a device registry to mqtt out, by way of a connection. */
export function inboxNodes(broker: string): object[] {
  const at = { z: "tab", x: 1, y: 1 };
  const mqtt = { ...at, broker, qos: "1" };
  return [
    { ...mqtt, id: "in", type: "mqtt in", topic: "BCE/#", datatype: "buffer", wires: [["decoder"]] },
    { ...at, id: "decoder", type: "tracker-bce-decoder", wires: [["devices"], [], []] },
    { ...at, id: "devices", type: "tracker-device-registry", registry: "registry", wires: [["out"], [], []] },
    { ...mqtt, id: "out", type: "mqtt out", topic: "", qos: "0", wires: [] },
  ];
}

/** A connection of a flow to a broker on this machine. */
export function mqttBrokerNode(port: number, id = "broker") {
  return {
    id,
    type: "mqtt-broker",
    broker: "127.0.0.1",
    port: String(port),
    autoConnect: true,
    protocolVersion: "4",
    keepalive: "60",
    cleansession: true,
  };
}
