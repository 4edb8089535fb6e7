// What the examples print with: a progress line that suits terminals and logs, and aligned columns.
import { styleText } from "node:util";

const isTerminal = process.stdout.isTTY === true;
const BAR = 24;

/** @param {"bold" | "dim"} style @param {string} text */
export function styled(style, text) {
  return isTerminal && process.env.NO_COLOR === undefined ? styleText(style, text) : text;
}

/** @param {number} value @param {number} [digits] */
export function number(value, digits = 0) {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${number(bytes / 2 ** 20, 1)} MB`;
}

/** @param {number} milliseconds @param {number} [digits] */
export function seconds(milliseconds, digits = 1) {
  return `${number(milliseconds / 1000, digits)} s`;
}

/**
 * A line that shows how far something is: redrawn in place on a terminal, four lines in all in a log.
 *
 * @param {string} label
 */
export function progress(label) {
  const began = performance.now();
  let quarter = 0;
  return {
    /** @param {number} done from 0 to 1 @param {string} [note] */
    show(done, note = "") {
      const percent = `${Math.floor(done * 100)} %`.padStart(5);
      const line = `${label} ${percent}  ${note}`;
      if (isTerminal) {
        const full = Math.round(done * BAR);
        const bar = "█".repeat(full) + styled("dim", "░".repeat(BAR - full));
        process.stdout.write(`\r\x1b[K${label} ${bar} ${percent}  ${note}`);
      } else if (done * 4 >= quarter + 1 && done < 1) {
        quarter = Math.floor(done * 4);
        console.log(line);
      }
    },
    /** Ends the line; answers how many milliseconds it took. @param {(time: number) => string} note */
    end(note) {
      const time = performance.now() - began;
      if (isTerminal) process.stdout.write("\r\x1b[K");
      console.log(`${label} ${note(time)}`);
      return time;
    },
  };
}

/**
 * Rows as aligned columns: text to the left, numbers (given as text that begins with a digit) to the right.
 *
 * @param {string[][]} rows the first one is the head
 */
export function table(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  rows.forEach((row, at) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      const isNumber = /^[\d.]/.test(rows[1]?.[column] ?? "");
      return isNumber ? cell.padStart(width) : cell.padEnd(width);
    });
    const line = `  ${cells.join("  ")}`.trimEnd();
    console.log(at === 0 ? styled("dim", line) : line);
  });
}
