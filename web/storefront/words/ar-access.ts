import { textTools } from "../../../client/src/languages.ts"
import type { AccessWords } from "./en-access.ts"

const { plural } = textTools("ar")
const units = (qty: number) =>
  plural(qty, {
    zero: "لا قطع",
    one: "قطعة واحدة",
    two: "قطعتان",
    few: "# قطع",
    many: "# قطعة",
    other: "# قطعة",
  })
/** A time within a sentence: its own direction of writing must not reorder the words around it. */
const apart = (text: string) => `\u2068${text}\u2069`

/** The words about access codes and phases in Arabic. */
export const arAccess: AccessWords = {
  label: "رمز الدخول",
  use: "استخدام الرمز",
  checking: "جارٍ التحقق…",
  another: "استخدام رمز آخر",
  helpNow: "يمكنك الشراء الآن برمز دخول.",
  helpFrom: (time) => `يمكنك الشراء برمز دخول ابتداءً من ${apart(time)}.`,
  accepted: (qty) => `قُبل الرمز. الكمية المتاحة به: ${units(qty)}.`,
  usedUp: "كل القطع المتاحة برمزك محجوزة أو مبيعة.",
  fewerLeft: (qty) => `الكمية المتبقية برمزك: ${units(qty)}. اختر كمية أقل.`,
  unknown: "هذا الرمز غير صالح لهذا المنتج. تحقق من كتابته.",
  tooOften: "جُرّبت رموز كثيرة جدًا. حاول مرة أخرى بعد دقيقة.",
  forAll: (time) => `للجميع ابتداءً من ${apart(time)}`,
  withCode: (time) => `برمزك ابتداءً من ${apart(time)}`,
  forYou: (time) => `لك ابتداءً من ${apart(time)}`,
  needsCode: "يتطلب الشراء حاليًا رمز دخول.",
  needsGroup: "الشراء متاح حاليًا فقط للعملاء الذين دعاهم المتجر. سجّل الدخول في المتجر ثم افتح المنتج من هناك.",
  notNow: "لا يمكن لأحد شراء هذا المنتج حاليًا.",
  thenAll: (time) => `يمكن للجميع الشراء ابتداءً من ${apart(time)}.`,
  thenCode: (time) => `يمكنك الشراء برمز دخول ابتداءً من ${apart(time)}.`,
  thenGroup: (time) => `يمكن للعملاء المدعوين الشراء ابتداءً من ${apart(time)}.`,
  onlyCodes: "برمز دخول فقط",
  onlyGroup: "للعملاء المدعوين فقط",
  enterCode: "اكتب رمزك للشراء أو لمعرفة موعد شرائك.",
  signIn: "هل دعاك المتجر؟ سجّل الدخول فيه ثم افتح المنتج من هناك.",
}
