import { textTools } from "../../../client/src/languages.ts"
import type { MailWords } from "./en.ts"

const { plural } = textTools("ar")

/** The words of mails in Arabic. */
export const ar: MailWords = {
  subject: (subject, shop) => `${subject} – ${shop}`,
  hello: (name) => `مرحبًا ${name}،`,
  orderWith: (id, goods, sentence) => `الطلب ${id}، ${goods}: ${sentence}`,
  seeOrder: "عرض طلبك",
  seeOrderNumber: (id) => `عرض الطلب ${id}`,
  linkNote: "كل من لديه هذا الرابط يمكنه رؤية الطلب وتغييره. لا تشاركه مع أحد.",
  receiptSubject: (id) => `إيصال الطلب ${id}`,
  receiptHeading: "شكرًا على طلبك",
  receiptText: (id) => `تم دفع الطلب ${id}. هذا هو إيصالك.`,
  total: "الإجمالي",
  shippingAddress: "عنوان الشحن",
  refundSubject: (amount, id) => `رد ${amount} عن الطلب ${id}`,
  refundHeading: (amount) => `رددنا إليك ${amount}`,
  refundNote: "قد يستغرق وصول المبلغ إليك بضعة أيام.",
  refundReasons: {
    whole: "ردّ المتجر الثمن.",
    part: "ردّ المتجر جزءًا من الثمن.",
    second_payment: "كان مدفوعًا من قبل، لذلك رُدّت الدفعة الثانية.",
    amount_too_high: "دُفع أكثر من الثمن، لذلك رُدّ الفرق.",
    amount_too_low: "دُفع أقل من الثمن، لذلك رُدّت الدفعة.",
    wrong_currency: "كانت الدفعة بعملة أخرى، لذلك رُدّت.",
    paid_too_late: "وصلت الدفعة متأخرة جدًا، لذلك رُدّت.",
    sale_over: "وصلت الدفعة بعد انتهاء البيع، لذلك رُدّت.",
    customer_limit_reached: "وصلت الدفعة متأخرة وكان الحد الأقصى لكل عميل قد بُلغ، لذلك رُدّت.",
    access_code_used_up: "وصلت الدفعة متأخرة وكان رمز الدخول قد استُنفد، لذلك رُدّت.",
    sold_out: "وصلت الدفعة متأخرة وكانت الكمية قد نفدت، لذلك رُدّت.",
    units_not_available: "وصلت الدفعة متأخرة ولم تعد القطع متاحة، لذلك رُدّت.",
  },
  cancelledSubject: (id) => `أُلغي الطلب ${id}`,
  cancelledHeading: "أُلغي طلبك",
  cancelledText: (id, goods) => `ألغى المتجر الطلب ${id}، ${goods}.`,
  cancelledNote: "لا يلزمك دفعه. إذا كنت قد دفعت فسيُرد المبلغ تلقائيًا.",
  linksSubject: (orders) =>
    plural(orders, {
      zero: "روابط طلباتك",
      one: "رابط طلبك",
      two: "رابطا طلبيك",
      few: "روابط طلباتك",
      many: "روابط طلباتك",
      other: "روابط طلباتك",
    }),
  linksHeading: (orders) =>
    plural(orders, {
      zero: "طلباتك",
      one: "طلبك",
      two: "طلباك",
      few: "طلباتك",
      many: "طلباتك",
      other: "طلباتك",
    }),
  linksText: "هذه روابط الطلبات المقدّمة بهذا البريد الإلكتروني.",
  linksNote:
    "كل من لديه هذه الروابط يمكنه رؤية الطلبات وتغييرها. لا تشاركها مع أحد. إذا لم تطلب هذه الرسالة فتجاهلها.",
  codeSubject: (code) => `رمزك هو ${code}`,
  codeHeading: "رمزك",
  codeText: "أدخل هذا الرمز في الصفحة التي طلبته منها:",
  codeMinutes: (minutes) => `الرمز صالح لمدة ${minutes} دقائق ولمرة واحدة.`,
  codeNote: "لا تعطِ الرمز لأحد. إذا لم تطلبه فتجاهل هذه الرسالة: لا يحدث شيء من دون الرمز.",
  optionIs: (option, value) => `${option}: ${value}`,
  orderStatus: (id, status) => `الطلب ${id}، ${status}`,
  statuses: {
    pending_payment: "لم يُدفع بعد",
    paid: "مدفوع",
    cancelled: "ملغى",
    expired: "انتهت مهلته",
    refunded: "رُدّ مبلغه",
  },
}
