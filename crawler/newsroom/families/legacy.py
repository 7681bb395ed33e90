"""Russian pages of an old system: tables, fonts, double line breaks, windows-1251 and no metadata."""

from crawler.newsroom.families.around import PADDING_HERE, Around, footer, printed_day, tag_slug, text
from crawler.newsroom.inline import html
from crawler.newsroom.story import Block, Story


def page(story: Story, around: Around) -> str:
    """The story's page."""
    image = story.images[0]
    names = ", ".join(author.name for author in story.authors)
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1251">
<TITLE>{text(story.title)} | Сельмаркский курьер</TITLE>
<META NAME="description" CONTENT="{text(story.description)}">
<LINK REL="stylesheet" HREF="{around.base}/assets/old.css">
</HEAD>
<BODY BGCOLOR="#FFFFFF" LINK="#003366">
<TABLE WIDTH="100%" BORDER="0"><TR><TD COLSPAN="2" BGCOLOR="#DDE6EE"><A HREF="{around.base}/ru/"><FONT SIZE="5">Сельмаркский курьер</FONT></A></TD></TR>
<TR><TD WIDTH="180" VALIGN="top">{_menu(around)}</TD>
<TD VALIGN="top">
<H1>{text(story.title)}</H1>
<P><FONT COLOR="#666666" SIZE="2">{printed_day(story.published, "ru")}</FONT></P>
<TABLE ALIGN="left" WIDTH="340"><TR><TD><IMG SRC="{image.url}" WIDTH="320" HEIGHT="180"><BR><FONT SIZE="1"><I>{text(image.caption)}</I> <B>Фото: {text(image.credit)}</B></FONT></TD></TR></TABLE>
<DIV CLASS="text">
{"<BR><BR>".join(_block(block, around) for block in story.blocks)}
</DIV>
<P ALIGN="right"><I>Автор: {text(names)}</I></P>
{_more(story)}
<P><FONT SIZE="1">Темы: {", ".join(f'<A HREF="{around.base}/tag/{tag_slug(tag)}">{text(tag)}</A>' for tag in story.tags)}</FONT></P>
</TD></TR></TABLE>
{footer(around)}
{PADDING_HERE}
</BODY></HTML>
"""


def _menu(around: Around) -> str:
    sections = "<BR>\n".join(
        f'<A HREF="{around.base}{section.path}">{section.name}</A>'
        for section in around.sections
        if section.language == "ru"
    )
    latest = "<BR>\n".join(f'<A HREF="{story.url}">{text(story.title)}</A>' for story in around.just_in)
    return f"<B>Рубрики</B><BR>\n{sections}<BR><BR>\n<B>Последние новости</B><BR>\n{latest}"


def _block(block: Block, around: Around) -> str:
    if block.kind == "related" and block.link:
        return f'\n<B>Читайте также:</B> <A HREF="{block.link.url}">{text(block.link.title)}</A>\n'
    if block.kind == "newsletter":
        return f'\n<TABLE BGCOLOR="#EEEEEE"><TR><TD><A HREF="{around.base}/newsletter">Подпишитесь на нашу рассылку</A></TD></TR></TABLE>\n'
    if block.kind == "heading":
        return f"\n<B>{html(block.texts[0])}</B>\n"
    return "\n" + html(block.texts[0]) + "\n"


def _more(story: Story) -> str:
    items = "<BR>\n".join(f'<A HREF="{link.url}">{text(link.title)}</A>' for link in story.further_reading)
    return (
        f'<TABLE WIDTH="100%" BGCOLOR="#F4F4F4"><TR><TD><B>По теме</B><BR>\n{items}</TD></TR></TABLE>' if items else ""
    )
