// The 60 seconds of the README: colours as vectors of red, green and blue. Run it with `node test/examples/quickstart.ts`.
import { open } from "nearvec";

const client = await open();

await client.createCollection("colours", { vectors: { size: 3, distance: "Euclid" } });

await client.upsert("colours", {
  points: [
    { id: 1, vector: [255, 0, 0], payload: { name: "red" } },
    { id: 2, vector: [255, 165, 0], payload: { name: "orange" } },
    { id: 3, vector: [255, 215, 0], payload: { name: "gold" } },
    { id: 4, vector: [0, 128, 0], payload: { name: "green" } },
    { id: 5, vector: [0, 0, 255], payload: { name: "blue" } },
    { id: 6, vector: [75, 0, 130], payload: { name: "indigo" } },
  ],
});

// The nearest to a colour that is not there…
const { points } = await client.query("colours", { query: [250, 150, 20], limit: 3, with_payload: true });
for (const { payload, score } of points) console.log(payload?.name, Math.round(score));

// …the nearest to one that is…
const similar = await client.query("colours", { query: 6, limit: 1, with_payload: true });
console.log("like indigo:", similar.points[0]?.payload?.name);

// …and everything, page by page.
const page = await client.scroll("colours", { limit: 4, with_payload: ["name"] });
console.log(page.points.map((point) => point.payload?.name).join(", "), "… next:", page.next_page_offset);

await client.close();
