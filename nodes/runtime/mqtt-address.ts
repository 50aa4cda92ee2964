/**
 * Where the broker is that the example flows are for. Their server nodes name these variables, because Node-RED lets a
 * flow name a variable but not its default. `npm start` sets them to the ports that were free.
 */
const DEFAULTS = {
  /** The broker that what is imported connects to. */
  TRACKERS_MQTT_HOST: "127.0.0.1",
  TRACKERS_MQTT_PORT: "1883",
  /** Where the broker of example 06 listens: another port than that of a broker which runs already. */
  TRACKERS_EXAMPLE_MQTT_PORT: "1883",
} as const;

type Environment = NodeJS.ProcessEnv;

/** Gives the variables that nobody has set their default. To be called before flows start. */
export function defaultMqttAddress(env: Environment = process.env): void {
  for (const [name, value] of Object.entries(DEFAULTS)) env[name] ||= value;
}

/** The broker to connect to where a node has none of its own; the port is that without TLS. */
export function mqttAddress(env: Environment = process.env): {
  readonly host: string;
  readonly port: number;
} {
  return {
    host: env.TRACKERS_MQTT_HOST || DEFAULTS.TRACKERS_MQTT_HOST,
    port: Number(env.TRACKERS_MQTT_PORT || DEFAULTS.TRACKERS_MQTT_PORT),
  };
}
