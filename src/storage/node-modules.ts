/** Modules that Node, Bun and Deno have, and that bundlers for browsers must not look for. */

import type * as Crypto from "node:crypto";
import type * as Fs from "node:fs";
import type * as Net from "node:net";
import type * as Os from "node:os";
import type * as Path from "node:path";

export interface NodeModules {
  readonly fs: typeof Fs;
  readonly path: typeof Path;
  readonly net: typeof Net;
  readonly os: typeof Os;
  readonly crypto: typeof Crypto;
}

export async function nodeModules(): Promise<NodeModules> {
  const [fs, path, net, os, crypto] = await Promise.all([
    builtIn<typeof Fs>("fs"),
    builtIn<typeof Path>("path"),
    builtIn<typeof Net>("net"),
    builtIn<typeof Os>("os"),
    builtIn<typeof Crypto>("crypto"),
  ]);
  return { fs, path, net, os, crypto };
}

function builtIn<Module>(name: string): Promise<Module> {
  // Not a literal, nor what folds into one. (`process.getBuiltinModule` is not in every Node 20.)
  const specifier = ["node", name].join(":");
  return import(/* webpackIgnore: true */ /* @vite-ignore */ specifier);
}
