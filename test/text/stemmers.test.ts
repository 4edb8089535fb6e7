import { describe, expect, test } from "vitest";
import { loadStemmer, STEMMER_LANGUAGES } from "../../src/text/stemmers.ts";

/** Words with their stems, as Snowball 2.2 has them. */
const SAMPLES: Readonly<Record<string, string>> = {
  arabic: "الكتاب:كتاب كتابها:كتاب المدرسة:مدرس والمعلمون:والمعلم يكتبون:يكتب أطفالنا:اطفال مستشفيات:مستشفيا",
  armenian: "աղոթքներ:աղոթ բանաձևերով:բանաձև գրքերը:գրքերը մարդկանց:մարդկ",
  danish: "undersøgelserne:undersøg husene:hus løbende:løb skriverne:skriv kærlighed:kær venligst:ven",
  dutch: "lichamelijkheden:licham gelegenheid:geleg fietsen:fiets kinderen:kinder lopende:lopend huizen:huiz",
  finnish:
    "taloissamme:talo kirjoittaminen:kirjoittamin edeltäjiensä:edeltäjie opiskelijoiden:opiskelij kauniista:kauni",
  french:
    "continuellement:continuel majestueusement:majestu chanteuses:chanteux chevaux:cheval généralement:général aimaient:aim",
  german:
    "aufeinanderfolgenden:aufeinanderfolg häuser:haus bücher:buch kategorischen:kategor straßen:strass schönsten:schon",
  greek: "ανθρώπους:ανθρωπ βιβλία:βιβλ γράφοντας:γραφ καταστήματα:καταστημ όμορφες:ομορφ",
  hungarian: "babakocsijával:babakocs házakban:ház könyveinkkel:könyv gyerekeknek:gyerek szépséges:szépséges",
  italian:
    "abbandonata:abbandon pronunciamento:pronunc bellissime:bellissim leggendo:legg nazionali:nazional cavalli:cavall",
  norwegian: "havnedistriktene:havnedistrikt skrivende:skriv husene:hus vennskap:vennskap kjærlighetens:kjær",
  portuguese:
    "boataria:boat quilométricas:quilométr trabalhadores:trabalh felizmente:feliz cantávamos:cant nacionais:nacion",
  romanian: "abruptele:abrupt oamenilor:oamen frumoase:frumoas cărțile:cărț învățătoarea:învăț",
  russian:
    "важнейшими:важн книгами:книг читающий:чита красивейшая:красив домов:дом собственностью:собствен ёлками:елк",
  spanish:
    "cheques:chequ chistosas:chist trabajadores:trabaj felizmente:feliz cantábamos:cant nacionalidades:nacional",
  swedish: "jaktkarlarne:jaktkarl klostergården:klostergård skrivande:skriv husen:hus vänskapens:vänskap",
  tamil: "புத்தகங்கள்:புத்தகம் வீடுகளில்:வீடு பாடினார்கள்:பாடி மரங்களை:மரங்",
  turkish: "kitaplarımızdan:kitap evlerinizde:ev çocuklar:çocuk arabalarla:araba güzelliğin:güzellik",
  // One for each rule, and for each that a rule must not touch.
  english:
    "consign:consign consigned:consign consignment:consign consistency:consist knackeries:knackeri knaves:knave " +
    "kneading:knead generate:generat generously:generous general:general communism:communism " +
    "communication:communic arsenal:arsenal caresses:caress ponies:poni ties:tie cries:cri gas:gas this:this " +
    "kiwis:kiwi abyss:abyss bus:bus agreed:agre feed:feed agreedly:agre plastered:plaster bled:bled " +
    "motoring:motor sing:sing hopping:hop hoping:hope hissing:hiss failing:fail filing:file falling:fall " +
    "sized:size luxuriating:luxuri happily:happili cry:cri by:by say:say enjoy:enjoy dyed:dy toyed:toy " +
    "youth:youth saying:say relational:relat conditional:condit rationally:ration valency:valenc " +
    "hesitancy:hesit digitizer:digit radicalism:radic conformably:conform differently:differ vilely:vile " +
    "analogously:analog vietnamization:vietnam predication:predic operator:oper feudalism:feudal " +
    "decisiveness:decis hopefulness:hope callousness:callous formality:formal sensitivity:sensit " +
    "sensibility:sensibl apology:apolog astrology:astrolog mulish:mulish uselessly:useless boldly:bold " +
    "goodly:good triplicate:triplic formative:format formalize:formal electricity:electr electrical:electr " +
    "hopeful:hope goodness:good revival:reviv allowance:allow inference:infer airliner:airlin " +
    "gyroscopic:gyroscop adjustable:adjust defensible:defens irritant:irrit replacement:replac " +
    "adjustment:adjust dependent:depend adoption:adopt homologous:homolog effective:effect " +
    "bowdlerize:bowdler probate:probat rate:rate cease:ceas controlling:control roll:roll skis:ski skies:sky " +
    "dying:die idly:idl gently:gentl ugly:ugli early:earli only:onli singly:singl sky:sky news:news " +
    "atlas:atlas cosmos:cosmos inning:inning outings:outing proceed:proceed exceeding:exceed " +
    "succeeds:succeed herring:herring john's:john boys':boy 'tis:tis ebbed:eb egged:eg byyy:byyi a:a '':'' " +
    // Digits and other scripts are no endings.
    "mp3:mp3 b2b:b2b 3ds:3ds naïve:naïv 日本:日本",
};

describe("words get the stems of Snowball", () => {
  test.each(Object.entries(SAMPLES))("%s", async (language, samples) => {
    const stem = await loadStemmer(language as never);
    const pairs = samples.split(" ").map((pair) => pair.split(":") as [string, string]);
    expect(pairs.map(([word]) => [word, stem(word)])).toEqual(pairs);
  });

  test("in all languages that Qdrant has", () => {
    expect([...STEMMER_LANGUAGES].sort()).toEqual(Object.keys(SAMPLES).sort());
  });
});

test("an English word in capitals keeps what no rule knows", async () => {
  const stem = await loadStemmer("english");
  expect(["RUNNING", "Running", "ANYWAYS", "Yes", "YELLOWs", "youYs", "sayYer"].map(stem)).toEqual([
    "RUNNING",
    "Run",
    "ANYWAYS",
    "Yes",
    "YELLOWs",
    "youy",
    "sayyer",
  ]);
});
