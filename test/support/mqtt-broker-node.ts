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
