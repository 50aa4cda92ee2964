/** aedes is an ES module: this is how its types get into what is compiled to CommonJS. */
type Module = typeof import("aedes", { with: { "resolution-mode": "import" }});
type Instance = InstanceType<Module["Aedes"]>;
type Hook<K extends keyof Instance> = Instance[K] extends (...args: infer A) => unknown ? A : never;

export type { Instance as Aedes };
export type Client = Hook<"authorizeSubscribe">[0];
export type Subscription = Hook<"authorizeSubscribe">[1];
export type PublishPacket = Hook<"authorizePublish">[1];
/** A client as aedes has it, with what its types leave out. */
export type BrokerClient = Client & {
  readonly subscriptions: Readonly<Record<string, unknown>>;
  /** The very object that is published when its connection breaks. */
  readonly will?: PublishPacket | null;
};
