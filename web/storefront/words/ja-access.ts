import { textTools } from "../../../client/src/languages.ts"
import type { AccessWords } from "./en-access.ts"

const { plural } = textTools("ja")
const units = (qty: number) => plural(qty, { other: "#点" })

/** The words about access codes and phases in Japanese. */
export const jaAccess: AccessWords = {
  label: "アクセスコード",
  use: "コードを使う",
  checking: "確認しています…",
  another: "別のコードを使う",
  helpNow: "コードをお持ちの方は今すぐ購入できます。",
  helpFrom: (time) => `コードをお持ちの方は${time}から購入できます。`,
  accepted: (qty) => `コードを確認しました。${units(qty)}まで購入できます。`,
  usedUp: "このコードの数量はすべて確保または購入済みです。",
  fewerLeft: (qty) => `このコードで購入できるのはあと${units(qty)}です。数を減らしてください。`,
  unknown: "このコードはこの商品には使えません。入力に誤りがないかご確認ください。",
  tooOften: "コードの入力回数が多すぎます。1分ほどしてからもう一度お試しください。",
  forAll: (time) => `どなたでも購入できるまで（${time}）`,
  withCode: (time) => `お持ちのコードで購入できるまで（${time}）`,
  forYou: (time) => `お客様が購入できるまで（${time}）`,
  needsCode: "現在、購入にはアクセスコードが必要です。",
  needsGroup:
    "現在、購入できるのはショップが招待したお客様だけです。ショップでログインし、そこからこの商品を開いてください。",
  notNow: "現在、この商品はどなたも購入できません。",
  thenAll: (time) => `${time}からどなたでも購入できます。`,
  thenCode: (time) => `アクセスコードをお持ちの方は${time}から購入できます。`,
  thenGroup: (time) => `招待されたお客様は${time}から購入できます。`,
  onlyCodes: "アクセスコードが必要です",
  onlyGroup: "招待されたお客様限定です",
  enterCode: "コードを入力すると、購入または購入できる時刻の確認ができます。",
  signIn: "招待を受けた方は、ショップでログインし、そこからこの商品を開いてください。",
}
