// Words that name nothing to be seen: articles, pronouns, prepositions, auxiliary verbs. Short lists of the
// commonest; a word that is missed here ends up in a picture's prompt, which does no harm.
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "engine/script/language_rules.hpp"

namespace reeld::engine {
namespace {

constexpr const char* kEnglish =
    "a about above after again all almost also always am among an and another any are aren't around as at "
    "away be because been "
    "before being below between both but by can can't cannot come comes could did didn't do does doesn't "
    "doing don't done down "
    "each either else enough even ever every few for from further get gets go goes gone got had has hasn't "
    "have haven't having "
    "he he's her here hers him his how i i'd i'll i'm i've if in into is isn't it it's its itself just keep "
    "kept last least "
    "less let let's like made make makes many may me might mine more most much must my myself near never new "
    "no nobody none nor "
    "not nothing now of off often on once one only onto or other our ours out over own per put rather same "
    "say says she she's "
    "should since so some something soon still such take takes than that that's the their theirs them then "
    "there there's these "
    "they they're they've thing things this those though through till to together too two under until up "
    "upon us use used very "
    "want was wasn't way we we'll we're we've well were what what's when where which while who whole whom "
    "whose why will with "
    "within without won't would yet you you'll you're you've your yours";

constexpr const char* kGerman =
    "aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bist da "
    "dabei dadurch dafür "
    "damit danach dann darauf darin darum das dass davon dazu dein deine dem den denen denn der deren des "
    "dessen dich die dies "
    "diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines einmal er es "
    "etwa etwas euch euer "
    "für gegen gibt ging habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren "
    "ihrer im immer in "
    "ins ist ja jede jedem jeden jeder jedes jetzt kann kein keine keinen können machen macht man manche "
    "mehr mein meine mich "
    "mir mit muss müssen nach nicht nichts noch nun nur ob oder ohne schon sehr sei sein seine seinem seinen "
    "seiner seit sich "
    "sie sind so soll sollen sondern über um und uns unser unsere unter viel viele vom von vor war waren "
    "warum was weil welche "
    "wenn wer werden wie wieder will wir wird wirst wo wurde wurden zu zum zur zwischen";

constexpr const char* kFrench =
    "à afin ai ainsi alors après as assez au aucun aussi autre autres aux avait avant avec avoir bien c'est "
    "car ce ceci cela "
    "celle celles celui ces cet cette ceux chaque chez comme comment d'un d'une dans de deux depuis des donc "
    "dont du elle elles "
    "en encore entre es est et étaient était été être eux fait faire fois font ici il ils j'ai je jamais "
    "jusqu'à l'on la là le "
    "les leur leurs lui ma mais me même mes moi moins mon ne ni nos notre nous on ont ou où par parce pas "
    "pendant peu peut plus "
    "plusieurs pour pourquoi qu'elle qu'il qu'on quand que quel quelle quelles quels qui quoi sa sans se "
    "sera ses si son sont "
    "sous sur ta tandis te tel tes toi ton toujours tous tout toute toutes très trop tu un une va vers voici "
    "voilà vos votre "
    "vous y";

constexpr const char* kSpanish =
    "a además al algo alguna algunas alguno algunos allí ante antes aquel aquella aquí así aun aún aunque "
    "bien cada casi como "
    "con contra cual cuando cuanto de del desde después donde dos durante e el él ella ellas ellos en "
    "entonces entre era eran "
    "eres es esa esas ese eso esos esta está están estas este esto estos fue fueron ha había han hasta hay "
    "he la las le les lo "
    "los más me mi mientras mis mucho muchos muy nada ni no nos nosotros nuestra nuestro nunca o otra otras "
    "otro otros para pero "
    "poco por porque pues que qué quien se sea según ser si sí sido siempre sin sobre solo son su sus "
    "también tan tanto te tiene "
    "tienen todo todos tras tu tus un una unas uno unos usted va y ya yo";

constexpr const char* kItalian =
    "a abbiamo ad agli ai al alla alle allo anche ancora avere aveva c'è che chi ci cioè col come con contro "
    "cosa così cui da "
    "dagli dai dal dalla dalle dallo degli dei del della delle dello dentro di dopo dove due e è ed era "
    "erano essere fa fino fra "
    "fu gli ha hanno ho i il in io l' la le lei li lo loro lui ma mai me mentre mi mio molto ne negli nei "
    "nel nella nelle nello "
    "no noi non nostra nostro o ogni oltre ora per perché più poco poi prima qua quale quando quanto quella "
    "quelle quelli quello "
    "questa queste questi questo qui se sempre senza si sì sia siamo sono sopra sotto sta stata stato su sua "
    "sue sugli sui sul "
    "sulla suo suoi tanto te ti tra tu tua tuo tutta tutte tutti tutto un una uno vi voi";

constexpr const char* kPortuguese =
    "a à ainda algo alguma algumas algum alguns além antes ao aos apenas após aquela aquele aqui as às assim "
    "até cada com como "
    "contra cuja cujo da das de dela dele deles depois desde dessa desse desta deste do dois dos durante e é "
    "ela elas ele eles "
    "em enquanto entre era eram essa essas esse esses esta está estão estas este estes eu foi foram há isso "
    "isto já lá lhe mais "
    "mas me menos mesmo meu minha muito muitos na não nas nem nessa nesse nesta neste no nos nós nossa nosso "
    "num numa nunca o "
    "onde os ou outra outras outro outros para pela pelas pelo pelos pode pois por porque quando que quem "
    "são se seja sem sempre "
    "ser será seu seus só sob sobre sua suas tal também tem têm ter toda todas todo todos tu tudo um uma "
    "umas uns você";

constexpr const char* kDutch =
    "aan achter al alle alleen als altijd ander andere ben bij binnen boven buiten daar daarna dan dat de "
    "deze die dit doch doen "
    "door dus een elk elke en er had hadden heb hebben heeft hem het hier hij hoe hun ik in is ja je jij "
    "jouw jullie kan kon "
    "kunnen maar me meer men met mij mijn moet moeten na naar niet niets nog nooit nu of om omdat onder ons "
    "onze ook op over "
    "sinds te tegen terwijl toch toen tot tussen uit uw van vanaf veel voor waar waarom wat we wel welke wie "
    "wij wil worden wordt "
    "zal ze zelf zich zij zijn zo zonder zou zullen";

constexpr const char* kChinese =
    "的 了 是 在 和 与 或 也 都 就 着 过 把 被 给 让 对 从 到 向 为 为了 因为 所以 但 但是 如果 我 我们 你 "
    "你们 他 他们 她 她们 它 它们 "
    "这 这个 这些 那 那个 那些 这里 那里 什么 怎么 谁 哪 有 没有 不 很 还 还有 又 再 已 已经 会 能 可以 要 "
    "一 一个 个 只 吗 呢 吧 啊 之 其 "
    "而 并 于 以 及 等 上 下 里 中";

constexpr const char* kJapanese =
    "年 月 日 時 分 人 一 二 三 私 私達 僕 君 彼 彼女 彼ら 何 誰 今 前 後 中 上 下 事 物 方";

std::set<std::string, std::less<>> set_of(const char* list) {
  std::istringstream in(list);
  std::set<std::string, std::less<>> words;
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

using Lists = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;

const Lists& lists() {
  static const Lists kLists = {
      {"en", set_of(kEnglish)}, {"de", set_of(kGerman)},  {"fr", set_of(kFrench)},
      {"es", set_of(kSpanish)}, {"it", set_of(kItalian)}, {"pt", set_of(kPortuguese)},
      {"nl", set_of(kDutch)},   {"zh", set_of(kChinese)}, {"ja", set_of(kJapanese)},
  };
  return kLists;
}

}  // namespace

bool has_stop_words(std::string_view language) {
  return lists().contains(language);
}

bool is_stop_word(std::string_view language, std::string_view word) {
  const auto list = lists().find(language);
  return list != lists().end() && list->second.contains(word);
}

}  // namespace reeld::engine
