/** What was answered, how often and how fast; and the text form of such figures that Prometheus reads. */

interface Answers {
  readonly method: string;
  readonly endpoint: string;
  readonly status: number;
  count: number;
  /** Seconds. */
  total: number;
  least: number;
  most: number;
}

export class Metrics {
  /** When the handler was made; 0 where clocks stand still until a request comes. */
  readonly startup = new Date();
  readonly #answers = new Map<string, Answers>();
  #id: string | undefined;

  /** What tells this handler from others. Not everywhere are there random numbers before the first request. */
  get id(): string {
    this.#id ??= crypto.randomUUID();
    return this.#id;
  }

  /** Notes an answer. Routes, unlike paths and methods that callers think of, are known in number. */
  record(method: string, route: string, status: number, seconds: number): void {
    const key = `${method} ${route} ${status}`;
    let answers = this.#answers.get(key);
    if (answers === undefined) {
      const endpoint = route.replace(":collection", "{name}").replace(/:(\w+)/g, "{$1}");
      answers = { method, endpoint, status, count: 0, total: 0, least: Infinity, most: 0 };
      this.#answers.set(key, answers);
    }
    answers.count++;
    answers.total += seconds;
    answers.least = Math.min(answers.least, seconds);
    answers.most = Math.max(answers.most, seconds);
  }

  /** What a server says of its requests in its telemetry. */
  responses(): Record<string, Record<string, object>> {
    const all: Record<string, Record<string, object>> = {};
    for (const { method, endpoint, status, count, total, least, most } of this.#answers.values()) {
      const key = `${method} ${endpoint}`;
      const times = {
        count,
        avg_duration_micros: (total / count) * 1e6,
        min_duration_micros: least * 1e6,
        max_duration_micros: most * 1e6,
        total_duration_micros: Math.round(total * 1e6),
      };
      all[key] = { ...all[key], [status]: times };
    }
    return all;
  }

  /** Families of answers, as Prometheus has them. */
  families(): Family[] {
    const answers = [...this.#answers.values()];
    const labels = ({ method, endpoint, status }: Answers) => ({ method, endpoint, status: String(status) });
    const family = (name: string, help: string, type: Family["type"], value: (each: Answers) => number) => ({
      name: `rest_responses_${name}`,
      help,
      type,
      samples: answers.map((each) => ({ labels: labels(each), value: value(each) })),
    });
    return [
      family("total", "total number of responses", "counter", ({ count }) => count),
      family(
        "avg_duration_seconds",
        "average response duration",
        "gauge",
        ({ total, count }) => total / count,
      ),
      family("min_duration_seconds", "minimum response duration", "gauge", ({ least }) => least),
      family("max_duration_seconds", "maximum response duration", "gauge", ({ most }) => most),
    ];
  }
}

/** Samples of one kind. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Prometheus' text form. A family without samples is left out. */
export function prometheusText(families: readonly Family[]): string {
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels = {}, value }) => `${name}${labelText(labels)} ${value}`),
    ]);
  return `${lines.join("\n")}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
