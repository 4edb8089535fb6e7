/** Verifies all that a store keeps, without changing it: for `nearvec check` and `nearvec repair --dry-run`. */

import { NearvecError } from "../errors.ts";
import { damaged } from "../journal/frame.ts";
import { type Finding, Verification } from "../journal/verify.ts";
import { openFiles } from "../storage/files.ts";
import type { Storage } from "../storage/storage.ts";
import { open } from "./open.ts";
import { CHECKSUM } from "./snapshot-places.ts";

export interface CheckedCollection {
  readonly name: string;
  readonly folder: string;
  /** Operations that its log adds to its checkpoints. */
  readonly operations: number;
  readonly findings: readonly Finding[];
}

export interface CheckedSnapshot {
  readonly file: string;
  /** Whether it has no end and no checksum: a crash left it, or it is being made. Then it is none, and that is no damage. */
  readonly isHalf: boolean;
  readonly findings: readonly Finding[];
}

export interface CheckedStore {
  readonly files: number;
  readonly bytes: number;
  /** Of the catalog, and of what is no collection's. */
  readonly findings: readonly Finding[];
  readonly collections: readonly CheckedCollection[];
  readonly snapshots: readonly CheckedSnapshot[];
  /** Whether all of it could be opened. */
  readonly opens: boolean;
}

/** @throws {NearvecError} of the storage */
export async function checkStore(path: string): Promise<CheckedStore> {
  const storage = await openFiles(path, { readOnly: true });
  try {
    const verification = new Verification(storage);
    const catalog = await verification.twofold("catalog");
    const own = take(verification);
    const collections: CheckedCollection[] = [];
    const named: [string, number][] =
      catalog === undefined
        ? await strays(storage)
        : JSON.parse(new TextDecoder().decode(catalog)).collections;
    for (const [name, number] of named) {
      const folder = `collections/${number}`;
      const operations = await verification.collection(folder);
      collections.push({ name, folder, operations, findings: take(verification) });
    }
    const snapshots: CheckedSnapshot[] = [];
    for (const file of await snapshotFiles(storage, "snapshots")) {
      await verification.snapshot(file);
      const findings = take(verification);
      const isHalf = findings.length > 0 && !(await isThere(storage, file + CHECKSUM));
      snapshots.push({ file, isHalf, findings: isHalf ? [] : findings });
    }
    const all = [own, ...collections.map(({ findings }) => findings)].flat();
    const isWhole = all.every(({ kind }) => kind === "note");
    const failure = isWhole ? await failureToOpen(path) : undefined;
    const findings = failure === undefined ? own : [...own, failure];
    const { files, bytes } = verification;
    return { files, bytes, findings, collections, snapshots, opens: isWhole && failure === undefined };
  } finally {
    await storage.close();
  }
}

async function isThere(storage: Storage, path: string): Promise<boolean> {
  const file = await storage.open(path);
  await file?.close();
  return file !== undefined;
}

/** The findings so far, which the next ones don't join. */
function take(verification: Verification): readonly Finding[] {
  return verification.findings.splice(0);
}

/** Folders of collections whose names nothing tells any more. */
async function strays(storage: Storage): Promise<[string, number][]> {
  const folders = await storage.list("collections");
  return folders.filter(({ isFolder }) => isFolder).map(({ name }) => [`(number ${name})`, Number(name)]);
}

async function snapshotFiles(storage: Storage, folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const { name, isFolder } of await storage.list(folder)) {
    const path = `${folder}/${name}`;
    if (isFolder) files.push(...(await snapshotFiles(storage, path)));
    else if (name.endsWith(".snapshot")) files.push(path);
  }
  return files.sort();
}

/** Bytes that are as they were written may still make no collection: then nearvec wrote something wrong. */
async function failureToOpen(path: string): Promise<Finding | undefined> {
  try {
    await using client = await open({ path, readOnly: true });
    client.info();
    return undefined;
  } catch (error) {
    if (!(error instanceof NearvecError) || error.code !== damaged("", 0, "").code) throw error;
    const { file = "", at = 0 } = error.details.subject ?? {};
    return { kind: "damage", file, at, what: error.details.what };
  }
}
