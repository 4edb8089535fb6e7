import { configureGlobal } from "fast-check";

// Property tests try the same cases on every run, so that a red run means a changed program. FC_SEED=<number> tries others;
// what a failure prints reproduces it either way.
configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) });
