using CsCheck;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Contracts.Tests.Messages;

public sealed class MessageIdTests
{
    [Fact]
    public void The_text_form_read_back_is_the_same_id_and_fits_a_route() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 999_999_999], Gen.Int[0, 999]).Sample((bytes, domain, place) =>
        {
            var id = new MessageId(new Ulid(bytes), domain, place);
            var text = id.ToString();
            return MessageId.TryParse(text, out var again) && again == id && text.Length <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        });

    [Theory]
    [InlineData("")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV-")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV-1-0")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV-01")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV-1-2-3")]
    [InlineData("01arz3ndektsv4rrffq69g5fav-1")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV--1")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV-9999999999")]
    public void Each_message_has_one_spelling(string text) => Assert.False(MessageId.TryParse(text, out _));
}
