/** Whether the browser may remove the origin's data when the disk gets full. It is the origin's, not a store's. */

let asked = false;
let answer: boolean | undefined;

/**
 * True: the data stays until a person removes it. False: the browser may evict it, all of the origin's at once, when the
 * disk gets full (Safari also after seven days without a visit). Undefined: not known, or not yet.
 */
export function isPersisted(): boolean | undefined {
  return answer;
}

/**
 * Asks for it, once per page or worker; nobody waits for the answer, which may be a person's (Firefox asks). Only pages can
 * ask: a worker learns what the answer was.
 */
export function askForPersistence(): void {
  if (asked) return;
  asked = true;
  void ask().then(
    (persisted) => {
      answer = persisted;
    },
    () => undefined, // It stays unknown.
  );
}

async function ask(): Promise<boolean | undefined> {
  const storage: Partial<StorageManager> | undefined = navigator.storage;
  if (await storage?.persisted?.()) return true;
  return typeof storage?.persist === "function" ? await storage.persist() : await storage?.persisted?.();
}
