/**
 * ASCII folding, character by character, as Lucene's `ASCIIFoldingFilter` and Qdrant have it: letters, digits and
 * punctuation that have a likeness in ASCII become that ("ação" → "acao", "Straße" → "Strasse"). Other scripts stay as
 * they are, and so do combining marks that stand alone.
 */

/** What Unicode's compatibility decomposition folds, once marks are dropped: from, to. */
const DECOMPOSED: readonly (readonly [from: number, to: number])[] = [
  [0xb2, 0xb3], // superscript digits
  [0xb9, 0xb9],
  [0xc0, 0x233], // Latin-1, Latin Extended A and B
  [0x1d62, 0x1d65], // subscript letters
  [0x1e00, 0x1ef9], // Latin Extended Additional
  [0x203c, 0x203c], // ‼
  [0x2047, 0x2049], // ⁇ ⁈ ⁉
  [0x2070, 0x2093], // superscripts and subscripts
  [0x2460, 0x24ea], // enclosed in circles and parentheses
  [0x2c7c, 0x2c7c], // ⱼ
  [0xfb00, 0xfb04], // ligatures
  [0xfb06, 0xfb06],
  [0xff01, 0xff3f], // full-width forms
  [0xff41, 0xff5b],
  [0xff5d, 0xff5e],
];

/** What has no such decomposition: its likeness, then the characters. */
const OTHERS = `
  " «»“”„″‶❝❞❮❯ % ⁒ ' ‘’‚‛′‵‹›❛❜ ( ❨❪ (( ⸨ ) ❩❫ )) ⸩ * ⁎ - ‐‑‒–—⁻₋ / ⁄ ; ⁏ < ❬❰ > ❭❱ [ ⁅❲ ] ⁆❳ ^ ‸ { ❴ } ❵ ~ ⁓
  0 ⓿ 1 ⓵❶➀➊ 2 ⓶❷➁➋ 3 ⓷❸➂➌ 4 ⓸❹➃➍ 5 ⓹❺➄➎ 6 ⓺❻➅➏ 7 ⓻❼➆➐ 8 ⓼❽➇➑ 9 ⓽❾➈➒ 10 ⓾❿➉➓
  11 ⓫ 12 ⓬ 13 ⓭ 14 ⓮ 15 ⓯ 16 ⓰ 17 ⓱ 18 ⓲ 19 ⓳ 20 ⓴
  A ƏȺᴀ AA Ꜳ AE ÆǢǼᴁ AO Ꜵ AU Ꜷ AV ꜸꜺ AY Ꜽ B ƁƂɃʙᴃ C ƇȻʗᴄ D ÐĐƉƊƋᴅᴆꝹ E ƎƐɆᴇⱻ F ƑꜰꝻꟻ G ƓǤɢʛꝽꝾ H ĦʜⱧⱵ
  HV Ƕ I ƖƗɪᵻꟾ J Ɉᴊ K ƘᴋⱩꝀꝂꝄ L ĿŁȽʟᴌⱠⱢꝆꝈꞀ LL Ỻ M ƜᴍⱮꟽꟿ N ŊƝȠɴᴎ O ØƆƟǾᴏᴐꝊꝌ OE Œɶ OO Ꝏ OU Ȣᴕ P ƤᴘⱣꝐꝒꝔ
  Q ɊꝖꝘ R ɌʀʁᴙᴚⱤꝚꞂ S ꜱꞅ SS ẞ T ŦƬƮȾᴛꞆ TH ÞꝦ TZ Ꜩ U Ʉᴜᵾ V ƲɅᴠỼꝞꝨ VY Ꝡ W ǷᴡⱲ Y ƳɎʏỾ Z ƵȜȤᴢⱫꝢ
  a ɐəɚᶏᶕẚₔⱥⱯ aa ꜳ ae æǣǽᴂ ao ꜵ au ꜷ av ꜹꜻ ay ꜽ b ƀƃɓᵬᶀ c ƈȼɕↄꜾꜿ d ðđƌȡɖɗᵭᶁᶑꝺ db ȸ dz ʣʥ e ǝɇɘɛɜɝɞʚᴈᶒᶓᶔⱸ
  f ƒᵮᶂẛꝼ g ǥɠɡᵷᵹᶃꝿ h ħɥɦʮʯⱨⱶ hv ƕ i ıɨᴉᵼᶖ j ȷɉɟʄʝ k ƙʞᶄⱪꝁꝃꝅ l ŀłƚȴɫɬɭᶅⱡꝇꝉꞁ ll ỻ ls ʪ lz ʫ m ɯɰɱᵯᶆ
  n ŉŋƞȵɲɳᵰᶇ o øǿɔɵᴖᴗᶗⱺꝋꝍ oe œᴔ oo ꝏ ou ȣ p ƥᵱᵽᶈꝑꝓꝕꟼ q ĸɋʠꝗꝙ qp ȹ r ɍɼɽɾɿᵲᵳᶉꝛꞃ s ȿʂᵴᶊẜẝꞄ ss ß t ŧƫƭȶʇʈᵵⱦ
  tc ʨ th þᵺꝧ ts ʦ tz ꜩ u ʉᶙ ue ᵫ v ʋʌᶌⱱⱴꝟ vy ꝡ w ƿʍⱳ x ᶍ y ƴɏʎỿ z ƶȝȥɀʐʑᵶᶎⱬꝣ`;

const NOT_ASCII = /[^\0-\x7f]/;
const ALL_NOT_ASCII = /[^\0-\x7f]/g;

let likenesses: ReadonlyMap<string, string> | undefined;

export function foldToAscii(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  likenesses ??= allLikenesses();
  const known = likenesses;
  return text.replace(ALL_NOT_ASCII, (character) => known.get(character) ?? character);
}

function allLikenesses(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [from, to] of DECOMPOSED) {
    for (let code = from; code <= to; code++) {
      const character = String.fromCharCode(code);
      const plain = character.normalize("NFKD").replace(/\p{M}/gu, "");
      if (!NOT_ASCII.test(plain)) found.set(character, plain);
    }
  }
  const others = OTHERS.trim().split(/\s+/);
  for (let i = 0; i < others.length; i += 2) {
    for (const character of others[i + 1] as string) found.set(character, others[i] as string);
  }
  return found;
}
