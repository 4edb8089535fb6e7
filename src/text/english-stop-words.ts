const WORDS =
  "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself they " +
  "them their theirs themselves what which who whom this that these those am is are was were be been being have has had having do " +
  "does did doing a an the and but if or because as until while of at by for with about against between into through during before " +
  "after above below to from up down in out on off over under again further then once here there when where why how all any both " +
  "each few more most other some such no nor not only own same so than too very can will just should now ma ain";

/** What tokenizers leave of contractions: of "you'll" and of "don't". */
const REMNANTS = "s t d ll m o re ve y";
const CONTRACTIONS = "you're you've you'll you'd she's it's that'll should've";
const NEGATED =
  "don aren couldn didn doesn hadn hasn haven isn mightn mustn needn shan shouldn wasn weren won wouldn";

/** The 179 words of NLTK's list, which Qdrant uses. */
export const stopwords: readonly string[] = [
  ...`${WORDS} ${REMNANTS} ${CONTRACTIONS}`.split(" "),
  ...NEGATED.split(" ").flatMap((verb) => [verb, `${verb}'t`]),
];
