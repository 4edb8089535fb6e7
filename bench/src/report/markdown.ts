/** Markdown tables. */

/** The first column is text, the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

const ABSENT = "–";

/** A number for people: three significant digits, thousands apart, no more decimals than `decimals`. */
export function figure(value: number | null | undefined, decimals = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return ABSENT;
  if (decimals > 0) return value.toFixed(decimals);
  const rounded = value >= 1000 ? Number(value.toPrecision(3)) : value;
  return rounded.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

export function times(value: number | null | undefined): string {
  return value === null || value === undefined ? ABSENT : `${value.toFixed(2)}×`;
}

export function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? ABSENT : figure(bytes / 1e6);
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(0)} %`;
}
