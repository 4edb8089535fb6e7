import { MemoryDisk, openMemory } from "../../src/storage/memory.ts";
import { storageContract } from "./contract.ts";

storageContract("the memory", async () => {
  const disk = new MemoryDisk();
  return { open: (options) => openMemory(disk, options) };
});
