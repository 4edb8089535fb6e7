// Tidies what tsup wrote: entries that share types repeat the official client's name as `import "…";`. That client need not be
// installed, and such an import says nothing.
import { readdir, readFile, writeFile } from "node:fs/promises";

const dist = new URL("../dist/", import.meta.url);
const IMPORT = /^import ['"]@qdrant\/js-client-rest['"];\n/gm;

for (const name of await readdir(dist)) {
  if (!/\.d\.c?ts$/.test(name)) continue;
  const file = new URL(name, dist);
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(IMPORT, ""));
}
