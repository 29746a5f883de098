/* SPDX-License-Identifier: ISC */
#include "probes/frame_io.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

/* Aligned as a control message has to be. */
union control {
    struct cmsghdr head;
    uint8_t bytes[CMSG_SPACE(sizeof(int))];
};

bool frame_send(int socket, const struct frame *frame, int passed)
{
    union control control = {0};
    struct iovec iov = {(void *)(uintptr_t)frame->at, frame->bytes};
    struct msghdr head = {.msg_iov = &iov, .msg_iovlen = 1};

    if (passed >= 0) {
        control.head = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof passed), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.head), &passed, sizeof passed);
        head.msg_control = &control;
        head.msg_controllen = sizeof control;
    }
    return sendmsg(socket, &head, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

ssize_t frame_receive(int socket, struct frame *frame, int *passed)
{
    union control control = {0};
    struct iovec iov = {frame->at, sizeof frame->at};
    struct msghdr head = {.msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof control};
    ssize_t bytes = recvmsg(socket, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const struct cmsghdr *first = bytes < 0 ? NULL : CMSG_FIRSTHDR(&head);

    *passed = -1;
    if (first != NULL && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_RIGHTS &&
        first->cmsg_len == CMSG_LEN(sizeof *passed))
        memcpy(passed, CMSG_DATA(first), sizeof *passed);
    return bytes;
}
