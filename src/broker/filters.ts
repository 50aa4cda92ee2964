/** Whether a topic filter with + and # fits a topic (MQTT 3.1.1, 4.7). */
export function fits(filter: string, topic: string): boolean {
  if (!filter.includes("+") && !filter.includes("#")) return filter === topic;
  if (/^[+#]/.test(filter) && topic.startsWith("$")) return false;
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [index, level] of wanted.entries()) {
    if (level === "#") return true;
    if (index >= levels.length || (level !== "+" && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

/** Levels of a topic at most: aedes compares no more. */
const MAX_LEVELS = 100;

/** Why a text is no topic to publish to (MQTT 3.1.1, 4.7), or undefined. */
export function topicProblem(topic: string): string | undefined {
  return /[+#]/.test(topic) ? "it has + or #, which stand in subscriptions only" : textProblem(topic);
}

/** Why a text is no topic filter (MQTT 3.1.1, 4.7), or undefined. */
export function filterProblem(filter: string): string | undefined {
  const levels = filter.split("/");
  if (levels.some((level) => level.includes("+") && level !== "+")) return "+ stands for a whole level";
  const isLast = (index: number) => index === levels.length - 1;
  if (levels.some((level, index) => level.includes("#") && !(level === "#" && isLast(index)))) {
    return "# stands for all levels at the end";
  }
  return textProblem(filter);
}

function textProblem(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (text.includes("\0")) return "it has a NUL character";
  return text.split("/", MAX_LEVELS + 1).length > MAX_LEVELS
    ? `it has more than ${MAX_LEVELS} levels`
    : undefined;
}
