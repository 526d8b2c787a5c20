#include "learn/texts.h"
bool texts_train(const Hearer *hearer, Passages *passages, const TextOptions *options, Buf *model, Buf *report,
                 Err *err)
{
    (void)hearer;
    (void)passages;
    (void)options;
    (void)model;
    (void)report;
    return err_set(err, ERR_INPUT, "x");
}
