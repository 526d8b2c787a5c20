/* test_mail.c -- mailboxes and single mails in, threads without quotes and signatures out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "import/mail.h"
#include "reader_case.h"

#define FROM "From x Sun Mar  3 10:00:00 2024\n"
#define ROSA "From: Rosa Lind <Rosa@Gmail.com>\n"
#define SHOP "From: \"Ann, Lamps\" <ann@lamps.example>\n"

static const struct {
    const char *what, *in, *out;
} MBOX[] = {
    { "a thread: ids, order of time, quotes, signatures, roles by the shared mailbox",
      FROM ROSA
      "To: support@lamps.example\nSubject: =?utf-8?Q?Lamp_is_br=C3=B6ken?=\nMessage-ID: <1@g>\nDate: Sun, 3 Mar 2024 "
      "10:00:00 +0100\n\nHello,\n\nmy lamp broke.\n\nRosa\n\nSent from my phone\n\n" FROM SHOP
      "To: rosa@gmail.com\nSubject: Re: Lamp\nMessage-ID: <3@l>\nReferences: <1@g> <2@g>\nIn-Reply-To: "
      "<2@g>\nDate: Sun, 3 Mar 2024 12:00:00 +0000\n\nDear Rosa,\n\nI am sorry. A new one is on its way.\n\nKind "
      "regards\nAnn\nLamps Ltd\n+44 20 0000 0000\n\nOn Sun, 3 Mar 2024 at 11:00, Rosa Lind <rosa@gmail.com> "
      "wrote:\n> Any news?\n\n" FROM ROSA
      "To: Support <support@lamps.example>\nSubject: Re: Lamp\nMessage-ID: <2@g>\nIn-Reply-To: <1@g>\nDate: Sun, 3 "
      "Mar 2024 11:00:00 GMT\n\nAny news?\n\n" FROM ROSA
      "To: Ann\nSubject: Re: Lamp\nMessage-ID: <4@g>\nIn-Reply-To: <3@l>\nDate: Sun, 3 Mar 2024 13:00:00 +0000\n\n> I "
      "am sorry. A new one is\n> on its way.\n\nThank you!\n\n> Kind regards\n\nAnd the old one?\n",
      "= email 2024-03-03T10:00:00+01:00 \"Lamp is br\xC3\xB6ken\" 1@g\n@ Rosa Lind <rosa@gmail.com>\n@ Ann, Lamps "
      "<ann@lamps.example>\ncustomer Rosa Lind 0: Hello,||my lamp broke.||Rosa\ncustomer Rosa Lind 7200000: Any "
      "news?\nagent Ann, Lamps 10800000: Dear Rosa,||I am sorry. A new one is on its way.||Kind regards|Ann\ncustomer "
      "Rosa "
      "Lind 14400000: Thank you!||And the old one?\n" },
    { "two parties without a shared mailbox: who writes first is the customer",
      FROM "From: a@one.example\nMessage-ID: <1>\n\nq\n\n" FROM "From: b@two.example\nIn-Reply-To: <1>\n\na\n",
      "= email 2024-03-03T10:00:00Z 1\n@  <a@one.example>\n@  <b@two.example>\ncustomer  0: q\nagent  0: a\n" },
    { "a private mailbox is the customer's, whoever begins",
      FROM "From: a@one.example\nMessage-ID: <1>\n\nq\n\n" FROM "From: b@gmx.de\nIn-Reply-To: <1>\n\na\n",
      "= email 2024-03-03T10:00:00Z 1\n@  <a@one.example>\n@  <b@gmx.de>\nagent  0: q\ncustomer  0: a\n" },
    { "three parties, and one domain: nobody can tell",
      FROM "From: a@one.example\nMessage-ID: <1>\n\nq\n\n" FROM "From: b@two.example\nIn-Reply-To: <1>\n\na\n\n" FROM
           "From: c@three.example\nIn-Reply-To: <1>\n\nc\n\n" FROM "From: a@one.example\nMessage-ID: <9>\n\nd\n\n" FROM
           "From: e@one.example\nIn-Reply-To: <9>\n\ne\n",
      "= email 2024-03-03T10:00:00Z 1\n@  <a@one.example>\n@  <b@two.example>\n@  <c@three.example>\nunknown  0: "
      "q\nunknown  "
      "0: a\nunknown  0: c\n= email 2024-03-03T10:00:00Z 9\n@  <a@one.example>\n@  <e@one.example>\nunknown  0: "
      "d\nunknown  "
      "0: e\n" },
    { "programs",
      FROM "From: no-reply@lamps.example\nMessage-ID: <1>\n\nYour order.\n\n" FROM
           "From: a@one.example\nAuto-Submitted: auto-replied\nIn-Reply-To: <1>\n\nI am away.\n",
      "= email 2024-03-03T10:00:00Z 1\n@  <no-reply@lamps.example>\n@  <a@one.example>\nbot  0: Your order.\nbot  0: I "
      "am "
      "away.\n" },
    { "an answer without ids that was answered itself joins too",
      FROM "From: a@one.example\nTo: b@two.example\nSubject: chair\nMessage-ID: <1>\n\nq\n\n" FROM
           "From: b@two.example\nTo: a@one.example\nSubject: AW: chair\nMessage-ID: <2>\n\na\n\n" FROM
           "From: a@one.example\nTo: b@two.example\nSubject: Re: AW: chair\nMessage-ID: <3>\nIn-Reply-To: <2>\n\nc\n",
      "= email 2024-03-03T10:00:00Z \"chair\" 1\n@  <a@one.example>\n@  <b@two.example>\ncustomer  0: q\nagent  0: a\ncustomer  0: c\n" },
    { "answers without ids join by subject and people; a copy counts once",
      FROM "From: a@one.example\nTo: info@two.example\nSubject: Chair\nMessage-ID: <1>\n\nq\n\n" FROM
           "From: b@two.example\nTo: a@one.example\nSubject: AW: Re: chair\nMessage-ID: <2>\n\na\n\n" FROM
           "From: b@two.example\nTo: a@one.example\nSubject: AW: Re: chair\nMessage-ID: <2>\n\na\n\n" FROM
           "From: z@one.example\nTo: y@two.example\nSubject: Re: Chair\n\nother\n",
      "= email 2024-03-03T10:00:00Z \"Chair\" 1\n@  <a@one.example>\n@  <b@two.example>\ncustomer  0: q\nagent  0: "
      "a\n= email "
      "2024-03-03T10:00:00Z \"Re: Chair\"\n@  <z@one.example>\nunknown  0: other\n" },
    { "From inside a body, escaped and not; no empty line; no date",
      FROM "From: a@one.example\n\n>From my seat\n>>From his\nFrom what I see\n\nFrom nobody at all\nlast\n",
      "= email 2024-03-03T10:00:00Z\n@  <a@one.example>\nunknown  0: From my seat|From what I see||From nobody at "
      "all|last\n" },
    { "a record that is no mail is told and the rest read",
      FROM "no header here\n\n" FROM "From: a@one.example\n\nx\n\n" FROM "\n",
      "! 2: no header of a mail\n! 10: a mail without writer, date, subject or id\n= email "
      "2024-03-03T10:00:00Z\n@  <a@one.example>\nunknown  0: x\n" },
    { "not an mbox", "Hello:\n\nFrom x Sun Mar  3 10:00:00 2024\nFrom: a@b.example\n\nx\n",
      "! 1: not an mbox: no \"From \" line begins it\n" },
    { "CRLF, a zone in the envelope",
      "From 1234@xxx Sun Mar 03 10:00:00 +0100 2024\r\nFrom: a@one.example\r\n\r\none\r\n\r\nFrom 5@xxx Sun Mar 03 "
      "10:00:00 "
      "+0000 2024\r\nFrom: b@one.example\r\n\r\ntwo\r\n",
      "= email 2024-03-03T09:00:00Z\n@  <a@one.example>\nunknown  0: one\n= email 2024-03-03T10:00:00Z\n@  "
      "<b@one.example>\nunknown  0: two\n" },
};

#define HEAD "From: a@one.example\nDate: Sun, 3 Mar 2024 10:00:00 +0000\nMIME-Version: 1.0\n"
#define OUT  "= email 2024-03-03T10:00:00Z\n@  <a@one.example>\nunknown  0: "

static const struct {
    const char *what, *in, *out;
} EML[] = {
    { "quoted-printable, Latin-1",
      HEAD "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9 "
           "=\nna=EFve\n",
      OUT "caf\xC3\xA9 na\xC3\xAFve\n" },
    { "base64, KOI8-R",
      HEAD "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n8NLJ18XU\n",
      OUT "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82\n" },
    { "ISO-2022-JP", HEAD "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$O$$\x1b(B\n",
      OUT "\xE3\x81\xAF\xE3\x81\x84\n" },
    { "no charset, Windows-1252 by its bytes",
      HEAD "\ncaf\xE9 \x80"
           "5\n",
      OUT "caf\xC3\xA9 \xE2\x82\xAC"
          "5\n" },
    { "the plain one of two forms, a picture inside, a file beside",
      HEAD
      "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/alternative; "
      "boundary=a\n\n--a\nContent-Type: "
      "text/plain\n\nplain words\n--a\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: "
      "text/html\n\n<p>marked words</p>\n--r--\n--a--\n--m\nContent-Type: image/jpeg\nContent-Disposition: attachment; "
      "filename=\"crack.jpg\"\nContent-Transfer-Encoding: base64\n\nAAAA\n--m--\n",
      OUT "plain words\nsystem  0: attached: crack.jpg\n" },
    { "HTML when the plain form is empty; quotes by markup",
      HEAD "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\n \n--a\nContent-Type: "
           "text/html; charset=utf-8\n\n<div>Yes &amp; no.</div><div class=gmail_quote>On "
           "Monday:<blockquote>old</blockquote></div>\n--a--\n",
      OUT "Yes & no.\n" },
    { "flowed lines",
      HEAD "Content-Type: text/plain; format=flowed\n\nThis goes \non and \non.\n From here\n-- \nAnn\n",
      OUT "This goes on and on.|From here\n" },
    { "a mail in a mail is named",
      HEAD "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nsee\n--m\nContent-Type: "
           "message/rfc822\n\nFrom: b@b.example\nSubject: old one\n\nhidden\n--m--\n",
      OUT "see\nsystem  0: attached: old one\n" },
    { "nothing said", HEAD "\n> only quoted\n", "! 1: the conversation has no turns\n" },
};

static void tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(MBOX); i++) {
        char *out = case_read(&format_mbox, str_from(MBOX[i].in), "case", NULL, true);
        if (strcmp(out, MBOX[i].out)) print_error("%s\n", MBOX[i].what);
        assert_string_equal(out, MBOX[i].out);
        free(out);
    }
    for (size_t i = 0; i < COUNT(EML); i++) {
        char *out = case_read(&format_eml, str_from(EML[i].in), "case", NULL, true);
        if (strcmp(out, EML[i].out)) print_error("%s\n", EML[i].what);
        assert_string_equal(out, EML[i].out);
        free(out);
    }
}

static void said(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } row[] = {
        { "Yes.\n\nOn Mon, Jun 3, 2024 at 10:30 AM Ann Berg\n<ann@a.example> wrote:\n\n> old\n> older\n", "Yes." },
        { "Yes.\n\nAm 03.06.2024 um 10:30 schrieb Ann Berg:\nalt", "Yes." },
        { "Oui.\n\nLe lun. 3 juin 2024 \xC3\xA0 10:30, Ann <ann@a.example> a \xC3\xA9"
          "crit\xC2\xA0:\n> vieux",
          "Oui." },
        { "S\xC3\xAD.\n\nEl lun, 3 jun 2024 a las 10:30, Ann (<ann@a.example>) escribi\xC3\xB3:\n\nviejo",
          "S\xC3\xAD." },
        { "Yes.\n\n-----Original Message-----\nFrom: Ann\nolder", "Yes." },
        { "Ja.\n\n________________________________\nVon: Ann <ann@a.example>\nGesendet: Montag, 3. Juni 2024 "
          "10:30\nAn: "
          "Bo\nBetreff: Lampe\n\nalt",
          "Ja." },
        { "Yes.\n\n*From:* Ann\n*Sent:* Monday\n*To:* Bo\n*Subject:* Lamp\n\nold", "Yes." },
        { "The label says:\nFrom: China\nVoltage: 220\n", "The label says:\nFrom: China\nVoltage: 220" },
        { "Yesterday your agent wrote 3 things:\nno, no and no.",
          "Yesterday your agent wrote 3 things:\nno, no and no." },
        { "On time and well made: thanks.\nI will be back.", "On time and well made: thanks.\nI will be back." },
        { "First.\n> asked one\nAnswer one.\n> asked two\nAnswer two.", "First.\nAnswer one.\nAnswer two." },
        { "Words.\n-- \nAnn\nLamps", "Words." },
        { "It broke.\n\nGet Outlook for iOS", "It broke." },
        { "It broke.\nVon meinem iPhone gesendet", "It broke.\nVon meinem iPhone gesendet" },
        { "It broke.\n\nVon meinem iPhone gesendet\n\n> alt", "It broke." },
        { "Sent from my house by courier on Monday it never came.\n\nWhere is it?\n\nAnd who pays?\n\nPlease call.",
          "Sent from my house by courier on Monday it never came.\n\nWhere is it?\n\nAnd who pays?\n\nPlease call." },
        { "Thanks\n\nBest regards,\nBo Lee\nHead of Lamps\nwww.lamps.example", "Thanks\n\nBest regards,\nBo Lee" },
        { "Thanks\n\nBest regards,\nBo Lee\n\nPS: my number is 020 7946 0000",
          "Thanks\n\nBest regards,\nBo Lee\n\nPS: my number "
          "is 020 7946 0000" },
        { "---------- Forwarded message ---------\nFrom: Ann\nDate: Mon\nSubject: x\n\nthe words",
          "---------- Forwarded message ---------\nFrom: Ann\nDate: Mon\nSubject: x\n\nthe words" },
        { "", "" },
        { "> all\n> quoted", "" },
    };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_string_equal(arena_str(&arena, mail_said(&arena, str_from(row[i].in))).data, row[i].out);
    }
    bool reply;
    assert_true(str_equal(mail_subject_core(STR("[Lamps #4] AW: Re[2]: Chair: red"), &reply), STR("Chair: red")) &&
                reply);
    assert_true(str_equal(mail_subject_core(STR("Return: chair"), &reply), STR("Return: chair")) && !reply);
    assert_true(mail_is_staff(STR("support+id7@shop.example")) && !mail_is_staff(STR("support")) &&
                !mail_is_staff(STR("ann@shop.example")));
    arena_clear(&arena);
}

static void recognised(void **state)
{
    (void)state;
    assert_true(format_mbox.recognise(STR(FROM ROSA), STR("x"), false) >= 80);
    assert_int_equal(format_mbox.recognise(STR("Dear all:\n\n" FROM ROSA), STR("x.mbox"), false), 0);
    assert_int_equal(format_mbox.recognise(STR("From here to there\n"), STR("x.mbox"), false), 0);
    assert_true(format_eml.recognise(STR(ROSA "Subject: x\nDate: y\n\n"), STR("x"), false) >= 80);
    assert_true(format_eml.recognise(STR("Subject: x\nDate: y\n\n"), STR("x.eml"), false) >= 80);
    assert_int_equal(format_eml.recognise(STR("Dear all, this is one below:\n\n" FROM ROSA), STR("x.eml"), false), 0);
    assert_int_equal(format_eml.recognise(STR("agent: hello\ncustomer: hi\n"), STR("x"), false), 0);
}

static void samples(void **state)
{
    (void)state;
    Buf bytes = { 0 };
    Err err;
    if (!file_read("../shared/formats/samples/test-3-message.mbox", 1 << 20, &bytes, &err)) {
        print_message("no samples here: skipped\n");
        skip();
    }
    char *out = case_read(&format_mbox, buf_str(&bytes), "three.mbox", NULL, false);
    int found = 0;
    for (const char *at = out; (at = strstr(at, "= email 2011-12-25T21:33:37+08:00 \"mail ")); at++) found++;
    assert_int_equal(found, 3);
    free(out);
    bytes.len = 0;
    assert_true(file_read("../shared/formats/samples/test-attached.mbox", 1 << 20, &bytes, &err));
    assert_null(import_recognise(buf_str(&bytes), STR("test-attached.mbox"), true));
    buf_clear(&bytes);
}

/* Each of these takes minutes or hours, or the stack, where cost is not linear. */
static void hostile_is_linear(void **state)
{
    (void)state;
    static const struct {
        const char *head, *piece, *tail;
        size_t size;
    } row[] = {
        { FROM ROSA "References: ", "<a@b> ", "\n\nx\n", 1 << 20 },
        { FROM ROSA "\n", "> \n", "x\n", 1 << 21 },
        { FROM ROSA "\n", "On a\n", "x\n", 1 << 20 },
        { FROM ROSA "\n", "From: a\n", "x\n", 1 << 20 },
        { FROM ROSA "\n", "Best\n", "x\n", 1 << 20 },
        { FROM ROSA "\n", "\nFrom x Mon \n", "x\n", 1 << 20 },
        { "", FROM ROSA "Message-ID: <1>\nReferences: <1> <2>\nSubject: Re: a\n\nx\n\n", "", 1 << 20 },
        { "", FROM ROSA "Subject: Re: a\n\nx\n\n", "", 1 << 20 },
        { FROM ROSA "To: ", "a@b,", "\n\nx\n", 1 << 19 },
        { FROM ROSA "To: ", "(", "\n\nx\n", 1 << 18 },
        { FROM ROSA "To: ", "a:", ";\n\nx\n", 1 << 18 },
        { FROM ROSA "Subject: ", "=?utf-8?q?a?= ", "\n\nx\n", 1 << 19 },
        { FROM ROSA "Content-Type: multipart/mixed; boundary=a\n\n--a\n",
          "Content-Type: multipart/mixed; boundary=a\n\n--a\n", "x\n", 1 << 18 },
        { FROM ROSA "Content-Type: multipart/mixed; boundary=a\n\n", "--a\n\nx\n", "", 1 << 20 },
        { FROM ROSA "Content-Type: message/rfc822\n\n", "Content-Type: message/rfc822\n\n", "x\n", 1 << 18 },
        { FROM ROSA "Content-Type: text/plain; ", "a*0=b; ", "\n\nx\n", 1 << 17 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        Buf in = { 0 };
        buf_add(&in, str_from(row[i].head));
        while (in.len < row[i].size) buf_add(&in, str_from(row[i].piece));
        buf_add(&in, str_from(row[i].tail));
        free(case_read(&format_mbox, buf_str(&in), "case", NULL, false));
        buf_clear(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(said),
        cmocka_unit_test(recognised),
        cmocka_unit_test(samples),
        cmocka_unit_test(hostile_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
