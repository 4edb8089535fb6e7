import { defineConfig } from "vitest/config";

// Both projects run from the sources; build/ensure.mjs has built what those need (modules, generated types) before.
export default defineConfig({
  test: {
    environment: "node",
    // Threads start faster than processes, and WebAssembly memories of ended threads are given back all the same.
    pool: "threads",
    setupFiles: ["test/setup.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "short",
          include: ["test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/**/*.long.test.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          // The default leaves a core to the user.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: "long",
          include: ["test/**/*.long.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // These load the machine or measure it: one at a time.
          fileParallelism: false,
        },
      },
    ],
  },
});
