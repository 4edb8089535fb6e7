import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadStemmer } from "../../src/text/stemmers.ts";
import { analyzer, snowball } from "./support.ts";

/** Options, a text, and its tokens, divided by "|". */
type Row = [options: Record<string, unknown>, text: string, tokens: string];

function table(name: string, rows: Row[]): void {
  const named = rows.map((row): [string, ...Row] => [`${JSON.stringify(row[0])} ${row[1]}`, ...row]);
  test.each(named)(`${name}: %s`, async (_, options, text, tokens) => {
    expect((await analyzer(options)).tokens(text).join("|")).toBe(tokens);
  });
}

describe("tokens of texts", () => {
  table("word", [
    [{}, "Hello, world! Привет, мир!", "hello|world|привет|мир"],
    [{}, "", ""],
    [{}, " \t\n", ""],
    [{}, "...—!?", ""],
    // Letters and numbers of any script; all else divides.
    [{}, "don't e-mail foo_bar 3.14 v2", "don|t|e|mail|foo|bar|3|14|v2"],
    [{}, "ünï Ⅷ ½ ² 四 ١٢٣", "ünï|ⅷ|½|²|四|١٢٣"],
    [{}, "本日の日付は", "本日の日付は"],
    [{}, "ok👍ok 🇩🇪 👩‍👩‍👧", "ok|ok"],
    [{}, "a\u00a0b\u2003c\ufeffd\u0000e", "a|b|c|d|e"],
    // Beyond U+FFFF.
    [{}, "𠮷野家 𝒳 𐐀", "𠮷野家|𝒳|𐐨"],
    // A combining mark that is no letter divides, as it does in Qdrant: compose texts (NFC) that are not.
    [{}, "cafe\u0301s", "cafe|s"],
    [{}, "café", "café"],
    // Vowel signs are letters, the sign that takes a vowel away is not.
    [{}, "हिन्दी", "हिन|दी"],
    [{}, "ΟΔΥΣΣΕΥΣ İI", "οδυσσευς|i̇i"],
    [{ lowercase: false }, "Hello World", "Hello|World"],
    [{ lowercase: null }, "Hello", "hello"],
    [{}, "\ud800a\udc00", "a"],
  ]);
  table("whitespace", [
    [{ tokenizer: "whitespace" }, "Hello, world!  don't", "hello,|world!|don't"],
    [{ tokenizer: "whitespace" }, "\u0085a\u00a0b\u2028c\ufeffd", "a|b|c\ufeffd"],
    [{ tokenizer: "whitespace" }, "ok👍ok 🇩🇪", "ok👍ok|🇩🇪"],
    [{ tokenizer: "whitespace" }, "/a/B.py", "/a/b.py"],
    [{ tokenizer: "whitespace", ascii_folding: true }, "“naïve” — cafe\u0301", '"naive"|-|cafe\u0301'],
  ]);
  table("prefix", [
    [{ tokenizer: "prefix", min_token_len: 1, max_token_len: 4 }, "hello, мир!", "h|he|hel|hell|м|ми|мир"],
    [{ tokenizer: "prefix" }, "Qdrant", "q|qd|qdr|qdra|qdran|qdrant"],
    [{ tokenizer: "prefix", min_token_len: 2 }, "a to hello", "to|he|hel|hell|hello"],
    [{ tokenizer: "prefix", min_token_len: 3, max_token_len: 3 }, "to ten tens", "ten|ten"],
    [{ tokenizer: "prefix", min_token_len: 0, max_token_len: 2 }, "ab c", "a|ab|c"],
    // Not through the middle of a character.
    [{ tokenizer: "prefix", max_token_len: 2 }, "𠮷𠮷𠮷", "𠮷|𠮷𠮷"],
    [
      { tokenizer: "prefix", min_token_len: 3, max_token_len: 4, ...snowball("english") },
      "interestingly proceeding living",
      "int|inte|pro|proc|liv|live",
    ],
    [{ tokenizer: "prefix", stopwords: { custom: ["the"] } }, "the theory", "t|th|the|theo|theor|theory"],
    [
      { tokenizer: "prefix", ascii_folding: true, min_token_len: 1, max_token_len: 4 },
      "ação",
      "a|ac|aca|acao",
    ],
  ]);
  table("multilingual", [
    [{ tokenizer: "multilingual" }, "This is a test", "this|is|a|test"],
    [
      { tokenizer: "multilingual" },
      "This is english text. It's being used within Qdrant's code in a unit test.",
      "this|is|english|text|it|s|being|used|within|qdrant|s|code|in|a|unit|test",
    ],
    [{ tokenizer: "multilingual" }, "Dies ist ein Test für Bücher", "dies|ist|ein|test|fur|bucher"],
    [{ tokenizer: "multilingual" }, "本日の日付は", "本日|の|日付|は"],
    [{ tokenizer: "multilingual" }, "これはテストです", "これ|は|テスト|です"],
    [{ tokenizer: "multilingual" }, "这是一段德语文本", "这|是|一段|德语|文本"],
    [{ tokenizer: "multilingual" }, "มาทำงานกันเถอะ", "มา|ทางาน|กน|เถอะ"],
    [{ tokenizer: "multilingual" }, "Привет йод", "привет|йод"],
    [{ tokenizer: "multilingual" }, "שָׁלוֹם مُدَرِّس Αθήνα", "שלום|مدرس|αθηνα"],
    [{ tokenizer: "multilingual" }, "Ｆｕｌｌ ﬁne cafe\u0301 café İ", "full|fine|cafe|cafe|i"],
    // A voiced kana has a mark that it can't do without.
    [{ tokenizer: "multilingual" }, "が", "が"],
    // What has no letter is no word.
    [{ tokenizer: "multilingual" }, "in 2024, 3.5 👍 ½ v2", "in|v2"],
    [{ tokenizer: "multilingual", stopwords: { custom: ["の", "は"] } }, "本日の日付は", "本日|日付"],
    [{ tokenizer: "multilingual", ...snowball("english") }, "Testing this", "test|this"],
    [{ tokenizer: "multilingual", lowercase: false }, "What", "what"],
  ]);
  table("lengths", [
    [{ min_token_len: 2, max_token_len: 3 }, "a bc def ghij", "bc|def"],
    [{ min_token_len: 0 }, "a", "a"],
    [{ max_token_len: 0 }, "a b", ""],
    // In characters, not bytes or code units.
    [{ min_token_len: 3 }, "éé ééé 𠮷𠮷 𠮷𠮷𠮷", "ééé|𠮷𠮷𠮷"],
    [{ max_token_len: 2 }, "éé ééé 𠮷𠮷 𠮷𠮷𠮷", "éé|𠮷𠮷"],
    // Of the stem.
    [{ max_token_len: 4, ...snowball("english") }, "living", "live"],
  ]);
  table("stop words", [
    [
      { stopwords: "english" },
      "The quick brown fox jumps over the lazy dog",
      "quick|brown|fox|jumps|lazy|dog",
    ],
    [{ stopwords: "english" }, "you'll be in town", "town"],
    [{ stopwords: "english", tokenizer: "whitespace" }, "you'll be in town", "town"],
    [{ stopwords: "en" }, "the dog", "dog"],
    [{ stopwords: { languages: ["english"], custom: ["quick", "FOX"] } }, "The quick fox jumps", "jumps"],
    [
      { stopwords: { languages: ["english", "spanish"], custom: ["I'd"] } },
      "the lazy dog I'd y de",
      "lazy|dog",
    ],
    [
      { stopwords: { custom: ["the", "The", "LAZY"] }, lowercase: false },
      "The the THE lazy LAZY",
      "THE|lazy",
    ],
    [{ stopwords: "german" }, "Ich liebe die Bücher von dir", "liebe|bücher"],
    [{ stopwords: "chinese", tokenizer: "multilingual" }, "它用于代码", "用于|代码"],
    // Before stems are taken: "being" is one, "beings" is none.
    [{ stopwords: "english", ...snowball("english") }, "being beings", "be"],
    [{ stopwords: {} }, "the", "the"],
    // After folding, so that a stop word with an accent is none then; as in Qdrant.
    [{ stopwords: { custom: ["für"] }, ascii_folding: true }, "für", "fur"],
  ]);
  table("stemmer", [
    [snowball("english"), "interestingly proceeding living", "interest|proceed|live"],
    [snowball("english"), "Running RUNS", "run|run"],
    [{ ...snowball("english"), lowercase: false }, "Running RUNS", "Run|RUNS"],
    [snowball("german"), "Häuser Straßen", "haus|strass"],
    [snowball("fr"), "Les chevaux aimaient", "le|cheval|aim"],
    [{ stemmer: { type: "none" } }, "living", "living"],
    [{ ...snowball("russian"), stopwords: "russian" }, "Я читаю книги и газеты", "чита|книг|газет"],
  ]);
  table("ASCII folding", [
    [{ ascii_folding: true }, "ação café jalapeño Über", "acao|cafe|jalapeno|uber"],
    [{ ascii_folding: false }, "ação café jalapeño Über", "ação|café|jalapeño|über"],
    [{ ascii_folding: true, lowercase: false }, "Ærø", "AEro"],
    // First folded, then stemmed.
    [{ ascii_folding: true, ...snowball("german") }, "Straßen", "strass"],
    [{ ascii_folding: true }, "日本 Ελλάς", "日本|ελλάς"],
  ]);
});

describe("tokens of queries", () => {
  test("are those of texts", async () => {
    const english = await analyzer({ stopwords: "english", ...snowball("english") });
    expect(english.queryTokens("The living rooms")).toEqual(["live", "room"]);
    expect(english.tokens("The living rooms")).toEqual(["live", "room"]);
  });

  test.each<Row>([
    [{ max_token_len: 4 }, "hello, мир!", "hell|мир"],
    [{}, "hello", "hello"],
    [{ min_token_len: 3 }, "he hel", "hel"],
    // A beginning of a word is no stop word: "the" finds "theory".
    [{ stopwords: "english" }, "the", "the"],
    [{ max_token_len: 2, ascii_folding: true }, "Ærø", "ae"],
    [{ max_token_len: 2 }, "𠮷𠮷𠮷", "𠮷𠮷"],
    [{ max_token_len: 3, ...snowball("english") }, "livings", "liv"],
  ])("of prefix, %j: %s are not made into prefixes", async (options, text, tokens) => {
    const prefix = await analyzer({ tokenizer: "prefix", ...options });
    expect(prefix.queryTokens(text).join("|")).toBe(tokens);
  });
});

describe("words that are no words", () => {
  test("have no stems beyond 255 letters, in any language", async () => {
    const english = await analyzer(snowball("english"));
    const long = (length: number) => `${"a".repeat(length - 3)}ing`;
    expect(english.tokens(long(255))).toEqual(["a".repeat(252)]);
    expect(english.tokens(long(256))).toEqual([long(256)]);
    const german = await analyzer(snowball("german"));
    const word = "ab".repeat(126);
    expect(german.tokens(`${word}ung`)).toEqual([word]);
    expect(german.tokens(`b${word}ung`)).toEqual([`b${word}ung`]);
  });

  test("have prefixes of 256 characters, as long as nothing else is asked for", async () => {
    const some = await analyzer({ tokenizer: "prefix" });
    const word = "𠮷".repeat(300);
    const tokens = some.tokens(word);
    expect(tokens.length).toBe(256);
    expect(tokens.at(-1)).toBe("𠮷".repeat(256));
    expect(some.queryTokens(word)).toEqual(["𠮷".repeat(256)]);
    expect(some.queryTokens(`${"x".repeat(255)}𠮷𠮷𠮷`)).toEqual([`${"x".repeat(255)}𠮷`]);
    const more = await analyzer({ tokenizer: "prefix", max_token_len: 280 });
    expect(more.tokens(word).length).toBe(280);
    expect(more.queryTokens(word)).toEqual(["𠮷".repeat(280)]);
    const least = await analyzer({ tokenizer: "prefix", min_token_len: 299 });
    expect(least.tokens(word)).toEqual(["𠮷".repeat(299)]);
    expect(least.queryTokens(word)).toEqual(["𠮷".repeat(299)]);
  });

  test("take no more time than others, however long they are", async () => {
    const text = "xy".repeat(150_000);
    const stemmer = await loadStemmer("english");
    const prefix = await analyzer({ tokenizer: "prefix" });
    const begin = performance.now();
    expect(stemmer(text)).toBe(`${text.slice(0, -1)}i`);
    expect(prefix.tokens(text).length).toBe(256);
    // By the square of the length it would be more than ten times as much.
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});

test("a stemmer with a memory gives what it gives without", async () => {
  const german = await analyzer(snowball("german"));
  const fresh = await analyzer(snowball("german"));
  // More different words than are remembered.
  for (let i = 0; i < 25_000; i++) german.tokens(`wort${i.toString(36)}en`);
  for (const text of ["Häuser", "worten", "wort0en", "donaudampfschifffahrtsgesellschaften"]) {
    expect(german.tokens(text)).toEqual(fresh.tokens(text));
    expect(german.tokens(text)).toEqual(fresh.tokens(text));
  }
});

test("whatever is found in a text is found by itself, and by a query for it", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 });
  const options = [
    {},
    { tokenizer: "whitespace" },
    { tokenizer: "multilingual" },
    { tokenizer: "prefix", min_token_len: 2, max_token_len: 5 },
  ];
  for (const each of options) {
    const made = await analyzer(each);
    fc.assert(
      fc.property(text, (text) => {
        const found = made.tokens(text);
        const again = made.tokens(found.join(" "));
        expect(again.filter((token) => !found.includes(token))).toEqual([]);
        for (const token of made.queryTokens(text)) expect(found).toContain(token);
      }),
      { numRuns: 300 },
    );
  }
});
